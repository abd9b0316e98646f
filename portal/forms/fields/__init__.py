"""The field types of the forms: WTForms fields that know when they apply and how they are kept.

Every field is required unless it says `required=False`. `when` hides it unless its condition
holds, `required_when` demands an answer only then; both are enforced on the server. A `computed`
field is filled by the form's `compute`, whatever the browser sends.
"""

from portal.forms.fields.answer import CHOOSE, REQUIRED, Answer
from portal.forms.fields.choices import Choice, MultiChoice, YesNo
from portal.forms.fields.numbers import Integer, Money, Number, Percent, Score
from portal.forms.fields.rows import PairedRows, Row, Rows
from portal.forms.fields.texts import Email, LongText, Phone, Text
from portal.forms.fields.times import Day, Moment, TimeOfDay

__all__ = [
    "CHOOSE",
    "REQUIRED",
    "Answer",
    "Choice",
    "Day",
    "Email",
    "Integer",
    "LongText",
    "Moment",
    "Money",
    "MultiChoice",
    "Number",
    "PairedRows",
    "Percent",
    "Phone",
    "Row",
    "Rows",
    "Score",
    "Text",
    "TimeOfDay",
    "YesNo",
]
