import time
from tests.services.engine_forms import OneRole
from tests.services.office import everything
import sqlalchemy as sa
from portal.extensions import db
def test_a(office):
    n=[]
    sa.event.listen(db.engine,'before_cursor_execute',lambda *a: n.append(a[2]))
    t=time.time(); r=office.submit(OneRole, preliminary=True); print('submit',time.time()-t,len(n)); n.clear()
    t=time.time(); r=office.sign(r,'warehouse_keeper'); print('sign',time.time()-t,len(n)); 
    for x in n: print('   ',x.split('\n')[0][:60], '...', x[-90:].replace('\n',' '))
    t=time.time(); everything(); print('every',time.time()-t)
