"""A district and its pages, to be read by everybody."""

from dataclasses import dataclass

from apiflask import APIFlask

from tests.leaks import routes
from tests.leaks.district import District


@dataclass
class World:
    """A district and its pages."""

    district: District
    app: APIFlask

    def addresses(self, method: str = "GET") -> list[tuple[str, str, str]]:
        """Give every address that there is to ask for."""
        with self.district.store.reading() as connection:
            ids, owners = routes.Ids(connection), routes.whose(connection)
            return list(routes.addresses(self.app, ids, owners, method))
