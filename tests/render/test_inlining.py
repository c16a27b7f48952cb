"""The traps of inlining, each held shut."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.model.merge import token
from newsletter.render.inline import HEAD_LIMIT, SheetError, inline

PAGE = "<!DOCTYPE html>\n<html lang='en'><head><title>T</title>{head}</head><body class='page'>{body}</body></html>"


def _page(body: str = "<p class='a'>x</p>", head: str = "") -> str:
    return PAGE.format(head=head, body=body)


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """A server on loopback, and whoever knocked."""
    knocks: list[str] = []

    class Note(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            knocks.append("knock")

    with socketserver.TCPServer(("127.0.0.1", 0), Note) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/a.css", knocks
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    "sheet",
    [
        "@import url({url}); p {{ color: #123456 }}",
        "@import '{url}' screen; p {{ color: #123456 }}",
        '@IMPORT "{url}";p {{ color: #123456 }}',
        "/* a */@import/* b */url({url});p {{ color: #123456 }}",
        "p {{ color: #123456 }} @import url({url})",
    ],
)
def test_an_import_is_never_fetched(asked: tuple[str, list[str]], sheet: str) -> None:
    url, knocks = asked
    done = inline(_page(head=f"<link rel='stylesheet' href='{url}'>"), sheet.format(url=url), f"@import url({url});")
    assert knocks == []
    assert "@import" not in done.lower()
    assert "<link" not in done
    assert "color:#123456" in done.replace(" ", "")


def test_a_file_is_never_imported(tmp_path: Path) -> None:
    secret = tmp_path / "secret.css"
    secret.write_text("p { font-family: 'secret' }")
    done = inline(_page(), f"@import url(file://{secret}); p {{ color: #123456 }}", "")
    assert "secret" not in done


def test_a_hidden_import_is_refused(asked: tuple[str, list[str]]) -> None:
    url, knocks = asked
    with pytest.raises(SheetError, match="at-rule"):
        inline(_page(), f"@\\69mport url({url});", "")
    assert knocks == []


def test_the_sheet_of_the_head_is_kept_whole() -> None:
    head = (
        ":root { color-scheme: light dark; }\n"
        "@media (max-width: 479px) { .a { color: #222222 !important; } }\n"
        "@media (prefers-color-scheme: dark) { .a { color: #eeeeee !important; } }\n"
        "@media (400px <= width <= 700px) { .a { color: #333333 !important; } }\n"
        "@supports (display: grid) { @media (min-width: 1px) { .a { color: #444444 !important; } } }\n"
        "@font-face { font-family: 'A'; src: local('A'); }\n"
        "[data-ogsc] .a { color: #555555 !important; }\n"
        "a:hover { color: var(--x) !important; }"
    )
    done = inline(_page(), ".a { color: #123456 }", f"/* why */\n{head}")
    kept = re.findall(r"<style>\n(.*?)\n</style>", done, re.DOTALL)
    assert kept == [head]
    assert "data-premailer" not in done
    assert "why" not in done
    assert '<p class="a" style="color:#123456">' in done.replace(": #", ":#")


def test_important_in_the_inlined_sheet_is_refused() -> None:
    with pytest.raises(SheetError, match="dark mode"):
        inline(_page(), ".a { color: #123456 ! important }", "")


@pytest.mark.parametrize(
    "sheets", [("p { color: red", ""), ("p { color: red }}", ""), ("", "@media print { p { a: b }")]
)
def test_a_brace_without_its_partner_is_refused(sheets: tuple[str, str]) -> None:
    with pytest.raises(SheetError, match="brace"):
        inline(_page(), *sheets)


@pytest.mark.parametrize("html", ["", "  \n", "<!-- nothing -->", "<html></html>"])
def test_a_document_that_is_none_is_refused(html: str) -> None:
    with pytest.raises(SheetError, match=r"issue\.html\.j2"):
        inline(html, "p { color: #123456 }", "")


def test_a_media_query_in_the_inlined_sheet_is_refused() -> None:
    with pytest.raises(SheetError, match=r"head\.css"):
        inline(_page(), "@media print { .a { color: #123456 } }", "")


def test_a_head_sheet_that_gmail_would_drop_is_refused() -> None:
    with pytest.raises(SheetError, match="Gmail"):
        inline(_page(), "", ".a { color: #123456 }\n" * (HEAD_LIMIT // 20))


def test_a_head_sheet_cannot_leave_its_element() -> None:
    with pytest.raises(SheetError, match="style element"):
        inline(_page(), "", ".a {} </style><script>x()</script>")


@pytest.mark.parametrize(
    "text",
    ["{{ x }}", "{{x}}", "{% if a %}", "*|X|*", "%%X%%", "{{#if a}}b{{/if}}", "100 % of {a}"],
)
def test_braces_in_texts_stay(text: str) -> None:
    assert f">{text}</p>" in inline(_page(f"<p>{text}</p>"), "p { color: #123456 }", "")


def test_tokens_stay_in_text_and_links() -> None:
    own = token("0123456789abcdef0123", "unsubscribe")
    done = inline(_page(f"<p>{own} <a href='{own}'>x</a></p>"), "p { color: #123456 }", "")
    assert done.count(own) == 2
    assert f'href="{own}"' in done


def test_conditional_comments_and_doctype_stay() -> None:
    ghost = "<!--[if mso]><table role='presentation'><tr><td><![endif]-->"
    style = "<!--[if mso]>\n<style>td { color: #123456; }</style>\n<![endif]-->"
    done = inline(_page(f"{ghost}<p>x</p><!--[if mso]></td></tr></table><![endif]-->", style), "p { color: red }", "")
    assert ghost in done
    assert style in done
    assert done.startswith("<!DOCTYPE html>\n<html")


def test_a_lower_case_doctype_is_html5_too() -> None:
    done = inline(_page().replace("<!DOCTYPE", "<!doctype"), "", "")
    assert done.startswith("<!DOCTYPE html>")
    assert done.lower().count("<!doctype") == 1


def test_a_style_element_of_a_template_is_left_alone() -> None:
    done = inline(_page(head="<style>@media print { .a { color: #123456 } }</style>"), ".a { color: #123456 }", "")
    assert "<style>@media print { .a { color: #123456 } }</style>" in done


def test_links_and_letters_are_not_rewritten() -> None:
    done = inline(_page('<p><a href="https://x.example/?a=1&amp;b=%20c#d">“Grüße” &nbsp;&ensp;</a></p>'), "", "")
    assert 'href="https://x.example/?a=1&amp;b=%20c#d"' in done
    assert "“Grüße”" in done


def test_width_and_height_stay_what_the_template_said() -> None:
    done = inline(_page("<table><tr><td class='a' width='92'>x</td></tr></table>"), ".a { width: 124px }", "")
    assert 'width="92"' in done
