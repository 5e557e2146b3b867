"""What a token reaches is what its scopes say, and every route asks for one."""

from central.core.scopes import ALL, SCOPES, covers, needed


def test_a_scope_covers_itself_and_all_covers_everything() -> None:
    for scope in SCOPES:
        assert covers({scope}, scope)
        assert covers({ALL}, scope)
        assert not covers(set(SCOPES) - {scope}, scope)
        assert not covers(set(), scope)


def test_reading_and_writing_are_apart() -> None:
    assert needed("api_incidents.list_incidents", "GET") == "incidents:read"
    assert needed("api_incidents.post_step", "POST") == "incidents:write"
    assert not covers({"incidents:read"}, "incidents:write")
