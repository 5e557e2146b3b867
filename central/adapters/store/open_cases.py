"""What is not closed, said so that both databases find its few rows among years of cases.

The indexes `ix_incident_open` and `ix_task_open` hold open rows only. A planner uses them where it
reads the same condition word for word: a bound value it cannot look into.
"""

from sqlalchemy import ColumnElement, String, literal_column

from central.adapters.store.tables import INCIDENT, TASK

_CLOSED: ColumnElement[str] = literal_column("'closed'", String)
IS_OPEN: ColumnElement[bool] = INCIDENT.c.status != _CLOSED
IS_OPEN_TASK: ColumnElement[bool] = TASK.c.status != _CLOSED
