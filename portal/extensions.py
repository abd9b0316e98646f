"""The Flask extensions, as instances only."""

from flask_alembic import Alembic
from flask_babel import Babel
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect

from portal.models.base import Base

db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
alembic = Alembic(metadatas=Base.metadata)
babel = Babel()
csrf = CSRFProtect()
login = LoginManager()
