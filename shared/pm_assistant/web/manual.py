"""The API's manual for people: one page without scripts or anything from elsewhere, made of the OpenAPI document."""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

STYLE = """
:root{--ink:#1d2330;--soft:#5d6675;--line:#dfe3ea;--paper:#fff;--wash:#f5f7fa;--link:#2456c4;
--get:#1f6f4a;--post:#2456c4;--put:#8a5a00;--patch:#7a3fb0;--delete:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e7eaf0;--soft:#9aa4b5;--line:#2c3442;--paper:#12161d;--wash:#1a202a;
--link:#8ab0ff;--get:#6fd6a3;--post:#8ab0ff;--put:#e8b65a;--patch:#c9a0f5;--delete:#ff8f86}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
a{color:var(--link);text-decoration:none}a:hover,a:focus-visible{text-decoration:underline}
nav{position:fixed;inset:0 auto 0 0;width:19rem;overflow-y:auto;padding:1.5rem 1.25rem;
border-right:1px solid var(--line);background:var(--wash);font-size:.875rem}
nav strong{display:block;margin:1.1rem 0 .25rem}nav ul{list-style:none;margin:0;padding:0}nav li{margin:.15rem 0}
main{margin-left:19rem;padding:2rem clamp(1rem,4vw,3.5rem) 6rem;max-width:68rem}
h1{margin:0;font-size:2rem}h2{margin:3.5rem 0 .25rem;font-size:1.5rem}h3{margin:0;font-size:1.05rem}
.soft,dt+dd,caption,td.kind{color:var(--soft)}
article{margin:1.25rem 0;border:1px solid var(--line);border-radius:.6rem;overflow:hidden}
article>header{padding:.8rem 1.1rem;background:var(--wash);border-bottom:1px solid var(--line)}
article>div{padding:.4rem 1.1rem 1rem}
code,pre{font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
code{overflow-wrap:anywhere}
b.get,b.post,b.put,b.patch,b.delete{display:inline-block;min-width:4.2rem;
font:700 .78rem/1 ui-monospace,Menlo,monospace;letter-spacing:.04em}
nav li a{display:grid;grid-template-columns:3.6rem 1fr;align-items:baseline;color:var(--ink)}
nav li b{min-width:0!important;font-size:.65rem!important}
.get{color:var(--get)}.post{color:var(--post)}.put{color:var(--put)}.patch{color:var(--patch)}.delete{color:var(--delete)}
.scope{float:right;color:var(--soft);font-size:.8rem}
table{width:100%;border-collapse:collapse;margin:.9rem 0;font-size:.9rem}
caption{text-align:left;font-weight:600;padding-bottom:.25rem}
td{padding:.4rem .6rem .4rem 0;border-top:1px solid var(--line);vertical-align:top}
td:first-child{width:13rem}td.kind{width:15rem}
@media(max-width:60rem){nav{position:static;width:auto;border:0;border-bottom:1px solid var(--line)}nav ul{display:none}
nav strong{display:inline-block;margin:.2rem .9rem 0 0}main{margin:0}td:first-child,td.kind{width:auto}}
"""
DIGEST = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{DIGEST}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""Content-Security-Policy of the page: its own style and nothing else."""

REFERENCE = "#/components/schemas/"
OPTIONAL = ' <span class="soft">optional</span>'

type Json = Mapping[str, Any]


def manual(document: Json) -> str:
    """Write the page."""
    info, tags = document["info"], [tag for tag in document["tags"] if _operations(document, tag["name"])]
    index = "".join(_index(document, tag["name"]) for tag in tags)
    sections = "".join(_section(document, tag) for tag in tags)
    schemas = "".join(_schema(name, schema) for name, schema in document["components"]["schemas"].items())
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(info["title"])} API</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{STYLE}</style></head><body>'
        f'<nav aria-label="Contents"><strong><a href="#top">{escape(info["title"])} API</a></strong>{index}'
        '<strong><a href="#schemas">Schemas</a></strong></nav>'
        f'<main id="top"><h1>{escape(info["title"])} API</h1>'
        f'<p class="soft">Version {escape(info["version"])} · <a href="/v1/openapi.json">openapi.json</a></p>'
        f'{_prose(info["description"])}{sections}<h2 id="schemas">Schemas</h2>{schemas}</main></body></html>'
    )


def _operations(document: Json, tag: str) -> list[tuple[str, str, Json]]:
    return [
        (path, method, operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if tag in operation["tags"]
    ]


def _index(document: Json, tag: str) -> str:
    items = "".join(
        f'<li><a href="#{operation["operationId"]}"><b class="{method}">{method.upper()}</b>'
        f"<span>{_inline(operation['summary'].partition(';')[0])}</span></a></li>"
        for _, method, operation in _operations(document, tag)
    )
    return f'<strong><a href="#tag-{tag}">{tag.title()}</a></strong><ul>{items}</ul>'


def _section(document: Json, tag: Json) -> str:
    articles = "".join(_article(document, *each) for each in _operations(document, tag["name"]))
    head = f'<h2 id="tag-{tag["name"]}">{tag["name"].title()}</h2><p class="soft">{escape(tag["description"])}</p>'
    return head + articles


def _article(document: Json, path: str, method: str, operation: Json) -> str:
    scope = operation.get("x-scope")
    needs = f'<span class="scope">scope <code>{scope}</code></span>' if scope else '<span class="scope">no login</span>'
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    takes = f'<p><strong class="soft">Body</strong> {_kind(body["schema"])}</p>' if body else ""
    parameters = [(_parameter(each), _kind(each["schema"]), each) for each in operation.get("parameters", [])]
    told = [(name, kind, each.get("description", "")) for name, kind, each in parameters]
    answers = [_answer(document, status, response) for status, response in operation["responses"].items()]
    return (
        f'<article id="{operation["operationId"]}"><header>{needs}<b class="{method}">{method.upper()}</b>'
        f"<code>{escape(path)}</code></header><div><p><strong>{_inline(operation['summary'])}.</strong></p>"
        f"{_prose(operation.get('description', ''))}{_table('Parameters', told)}"
        f"{takes}{_table('Answers', answers)}</div></article>"
    )


def _parameter(parameter: Json) -> str:
    where = "" if parameter["required"] else OPTIONAL
    return f'<code>{escape(parameter["name"])}</code> <span class="soft">{parameter["in"]}</span>{where}'


def _answer(document: Json, status: str, response: Json) -> tuple[str, str, str]:
    if "$ref" in response:
        response = document["components"]["responses"][response["$ref"].rpartition("/")[2]]
    kinds = (_kind(content["schema"]) for content in response.get("content", {}).values() if "schema" in content)
    return f"<code>{status}</code>", " or ".join(kinds), response["description"]


def _schema(name: str, schema: Json) -> str:
    required = set(schema.get("required", ()))
    rows = [
        (
            f"<code>{escape(field)}</code>{'' if field in required else OPTIONAL}",
            _kind(each),
            _told(each, field in required),
        )
        for field, each in schema.get("properties", {}).items()
    ]
    shape = _table("", rows) if rows else f"<p>{_kind(schema)}</p>"
    return (
        f'<article id="schema-{escape(name)}"><header><h3>{escape(name)}</h3></header>'
        f"<div>{_prose(schema.get('description', ''))}{shape}</div></article>"
    )


def _told(schema: Json, required: bool) -> str:
    default = None if required else schema.get("default")
    more = f"`{json.dumps(default)}` if left out" if default not in (None, "", [], {}) else ""
    return "; ".join(filter(None, [schema.get("description", ""), more]))


def _kind(schema: Json) -> str:
    """A schema in a few words, with links to those that have a place of their own."""
    if "$ref" in schema:
        name = escape(schema["$ref"].removeprefix(REFERENCE))
        return f'<a href="#schema-{name}">{name}</a>'
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(_kind(each) for each in choices)
    if "enum" in schema:
        return ", ".join(f"<code>{escape(str(each))}</code>" for each in schema["enum"])
    if "const" in schema:
        return f"<code>{escape(str(schema['const']))}</code>"
    match schema.get("type"):
        case "array":
            return f"list of {_kind(schema.get('items', {}))}"
        case "object" if isinstance(schema.get("additionalProperties"), dict):
            return f"map to {_kind(schema['additionalProperties'])}"
        case kind:
            return escape(" ".join(filter(None, [schema.get("format") or kind or "anything", _bounds(schema)])))


def _bounds(schema: Json) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    if low is not None:
        return f"from {low:g}"
    return f"up to {schema['maxLength']} characters" if "maxLength" in schema else ""


def _table(caption: str, rows: Iterable[tuple[str, str, str]]) -> str:
    made = "".join(f'<tr><td>{name}<td class="kind">{kind}<td>{_inline(told)}' for name, kind, told in rows)
    return f"<table><caption>{caption}</caption>{made}</table>" if made else ""


def _prose(text: str) -> str:
    return "".join(f"<p>{_inline(part)}</p>" for part in text.strip().split("\n\n") if part.strip())


def _inline(text: str) -> str:
    """Escaped text with its `code` and **strong** parts marked."""
    coded = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))
    return re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", coded)
