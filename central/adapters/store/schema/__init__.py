"""Tables by topic. METADATA taken from here knows all of them."""

from central.adapters.store.schema import backgrounds as backgrounds
from central.adapters.store.schema import boarding as boarding
from central.adapters.store.schema import care as care
from central.adapters.store.schema import commissioning as commissioning
from central.adapters.store.schema import courses as courses
from central.adapters.store.schema import desk as desk
from central.adapters.store.schema import dispositions as dispositions
from central.adapters.store.schema import duties as duties
from central.adapters.store.schema import duty as duty
from central.adapters.store.schema import fleet as fleet
from central.adapters.store.schema import identities as identities
from central.adapters.store.schema import identity as identity
from central.adapters.store.schema import linking as linking
from central.adapters.store.schema import pupils as pupils
from central.adapters.store.schema import quarantine as quarantine
from central.adapters.store.schema import registry as registry
from central.adapters.store.schema import releases as releases
from central.adapters.store.schema import reporting as reporting
from central.adapters.store.schema import statistics as statistics
from central.adapters.store.schema import subjects as subjects
from central.adapters.store.schema import telling as telling
from central.adapters.store.schema import unusual as unusual
from central.adapters.store.tables import METADATA as METADATA
