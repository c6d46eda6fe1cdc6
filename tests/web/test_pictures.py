"""Every page is looked at: a page that is added takes part, or says what it lacks."""

from tests.web.browser import Browser, a_web_world
from tests.web.pictures import PAGES, PUBLIC, SEEN, browser_of
from tests.web.routes import address
from tests.web.worlds import a_day


def test_every_page_has_a_picture_of_its_own_in_a_team_that_has_some_of_everything() -> None:
    """Of each route that is read; what its address names is there to be looked at."""
    pictures = {**PUBLIC, **PAGES}
    assert {route.path for route in SEEN} <= {each.path for each in pictures.values()}
    with a_web_world() as web:
        ids = a_day(web)
        browsers = {viewer: browser_of(viewer, web) for viewer in {each.viewer for each in PAGES.values()} if viewer}
        for picture in PAGES.values():
            assert picture.viewer is not None
            answer = browsers[picture.viewer].get(address(picture.path, ids))
            assert picture.status == answer.status, picture.path
        for picture in PUBLIC.values():
            assert picture.path.startswith("/v1") or Browser().get(picture.path).status in {picture.status, 303}
