"""A print loads our own files and the pictures handed to it, and nothing else, whatever a page asks for."""

import logging
import socketserver
import threading
from http.server import BaseHTTPRequestHandler
from io import BytesIO

import pytest
import weasyprint
from pypdf import PdfReader
from test_render import complaint, drawn, line, pages, small

from portal.pdf.fetcher import Fetcher, ForbiddenAddress
from portal.pdf.render import render

PLACES = [
    "http://{}/a.png",
    "//{}/a.png",
    "ftp://{}/a",
    "file:///etc/passwd",
    "file:/etc/passwd",
    "/etc/passwd",
]


class Listener(BaseHTTPRequestHandler):
    """Notes every request."""

    seen: list[str]

    def do_GET(self):
        self.server.seen.append(self.path)
        self.send_response(302)
        self.send_header("Location", "file:///etc/passwd")
        self.end_headers()

    def log_message(self, *words):
        """Stay quiet."""


@pytest.fixture
def listener():
    """A server inside the company that no print may talk to: its address and the requests it saw."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Listener) as server:
        server.seen = []
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}", server.seen
        server.shutdown()
        thread.join()


ATTACKS = {
    "img": '<img src="{}">',
    "inline style": "<p style=\"background-image: url('{}')\">x</p>",
    "list style": "<ul style=\"list-style-image: url('{}')\"><li>x</li></ul>",
    "style element": '<style>p::before {{ content: url("{}") }}</style><p>x</p>',
    "import": '<style>@import url("{}");</style>',
    "font": '<style>@font-face {{ font-family: x; src: url("{}") }} p {{ font-family: x }}</style><p>x</p>',
    "stylesheet": '<link rel="stylesheet" href="{}">',
    "attachment link": '<link rel="attachment" href="{}" title="a">',
    "attachment anchor": '<a rel="attachment" href="{}">x</a>',
    "object": '<object data="{}"></object>',
    "embed": '<embed src="{}">',
    "svg image": '<svg width="9" height="9"><image href="{}" width="9" height="9"/></svg>',
    "svg use": '<svg width="9" height="9"><use href="{}#a"/></svg>',
    "svg style": '<svg width="9" height="9"><style>@import url("{}");</style><rect width="9" height="9"/></svg>',
    "color profile": '<style>@color-profile --x {{ src: url("{}") }}</style>',
}


@pytest.mark.proves("S40")
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_nothing_foreign_is_loaded(attack, place, listener, caplog):
    caplog.set_level(logging.CRITICAL, "weasyprint")
    address, seen = listener
    page = f"<body>{attack.format(place.format(address))}</body>"
    try:
        pdf = weasyprint.HTML(string=page, url_fetcher=Fetcher()).write_pdf()
    except (ForbiddenAddress, ValueError):  # a ValueError: an address without a base says nothing
        pdf = None
    assert seen == []
    if pdf is not None:
        assert_nothing_inside(pdf)


@pytest.mark.proves("S40")
@pytest.mark.parametrize("base", ["http://{}/", "file:///etc/"])
def test_base_of_a_page_opens_no_door(base, listener):
    address, seen = listener
    page = f'<base href="{base.format(address)}"><img src="passwd">'
    with pytest.raises(ForbiddenAddress):
        weasyprint.HTML(string=page, url_fetcher=Fetcher()).write_pdf()
    assert seen == []


@pytest.mark.proves("S40")
@pytest.mark.parametrize(
    "url",
    [
        "static:../config.py",
        "static:%2e%2e/config.py",
        "static:print/../../config.py",
        "static:/etc/passwd",
        "static://etc/passwd",
        "static:///etc/passwd.png",
        "static:print",
        "static:",
        "static:print/record.css%00.png",
        "static:print/nothing.css",
        "picture:2",
        "picture:",
        "picture:-1",
        "picture:1/../2",
        "picture:１",
        "file:1",
        "data:image/png;base64,AAAA",
        "data:text/html,<img src=x>",
        "jar:file:///x",
        "javascript:alert(1)",
        "gopher://127.0.0.1/",
        "HTTP://127.0.0.1/",
        "STATIC:print/record.css",
        "",
    ],
)
def test_other_addresses_are_refused(url):
    with pytest.raises(ForbiddenAddress):
        Fetcher({1: ("image/png", b"x")}).fetch(url)


def test_own_files_and_given_pictures_are_served():
    fetcher = Fetcher({1: ("image/png", b"x")})
    assert fetcher.fetch("picture:1").read() == b"x"
    sheet = fetcher.fetch("static:print/record.css")
    assert sheet.content_type == "text/css"
    assert b"@page" in sheet.read()


@pytest.mark.proves("S40")
def test_link_out_of_the_folder_is_refused(tmp_path):
    (tmp_path / "secret.png").write_bytes(b"secret")
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "way.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(ForbiddenAddress):
        Fetcher(static=folder).fetch("static:way.png")


def test_answers_that_look_like_attacks_are_printed_as_text(listener):
    address, seen = listener
    typed = [attack.format(f"http://{address}/a") for attack in ATTACKS.values()]
    pdf = render(small(*(line("意见", one) for one in typed)))
    text = "".join(pages(pdf))
    assert seen == []
    assert all(one.replace(" ", "") in text for one in typed)
    assert_nothing_inside(pdf)


def test_chart_that_loads_something_stops_the_print():
    with pytest.raises(ForbiddenAddress):
        render(
            complaint(
                chart_svg='<svg width="9" height="9"><image href="file:///etc/passwd" width="9" height="9"/></svg>'
            )
        )


@pytest.mark.proves("S40")
def test_picture_of_another_record_is_not_reachable():
    record = complaint(images={7: ("image/png", drawn())})
    assert render(record)  # the photos 1 and 2 are named, not handed over: their place says so


def assert_nothing_inside(pdf):
    """No file travels inside the PDF file."""
    reader = PdfReader(BytesIO(pdf))
    assert not reader.attachments
    assert b"root:x:0" not in pdf
