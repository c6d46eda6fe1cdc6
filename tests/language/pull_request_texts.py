"""Pull requests as people and programs write them, and what each says of our tickets; labelled by hand, a rule a row.

The tracker's teams are ENG, WEB and V2; ENG-1 to ENG-30, WEB-1 to WEB-9 and V2-33 exist there, and nothing else does.
"""

from typing import Any, NamedTuple

from pm_assistant.domain.links import AuthorKind, PullRequestText

TEAMS = frozenset({"ENG", "WEB", "V2"})
TICKETS = frozenset({*(f"ENG-{n}" for n in range(1, 31)), *(f"WEB-{n}" for n in range(1, 10)), "V2-33"})
ISSUE = "https://linear.app/acme/issue"


class Labelled(NamedTuple):
    """A text, and the tickets that a careful reader says it closes, contributes to, mentions and contradicts."""

    rule: str
    text: PullRequestText
    closes: str
    contributes: str
    mentions: str
    contradicts: str


def pr(
    rule: str, closes: str = "", contributes: str = "", mentions: str = "", contradicts: str = "", **text: Any
) -> Labelled:
    """A row; what is not told of the pull request names no ticket."""
    told = {"title": "Keep the coupon at checkout", "branch": "ada/keep-the-coupon", "base": "main"} | text
    return Labelled(rule, PullRequestText(**told), closes, contributes, mentions, contradicts)


BOT = AuthorKind.DEPENDENCY_BOT
AGENT = AuthorKind.CODING_AGENT

BUMP = """Bumps [ledger](https://github.com/ledger/ledger) from 4.1.0 to 4.2.0.
<details>
<summary>Release notes</summary>
<p><em>Sourced from <a href="https://github.com/ledger/ledger/releases">ledger's releases</a>.</em></p>
<blockquote>
<h2>4.2.0</h2>
<ul>
<li>Fixes ENG-3, a rounding error</li>
<li>closes <a href="https://linear.app/ledger/issue/ENG-4">ENG-4</a></li>
</ul>
</blockquote>
</details>
<details>
<summary>Commits</summary>
<ul>
<li><a href="https://github.com/ledger/ledger/commit/1a2b3c4"><code>1a2b3c4</code></a> fix: ENG-5 totals</li>
</ul>
</details>
<br />
"""

RENOVATE = """This PR contains the following updates:

| Package | Change | Age |
|---|---|---|
| [ledger](https://github.com/ledger/ledger) | `4.1.0` -> `4.2.0` | [![age](https://x.test/ENG-1.svg)](https://x.test) |

---

### Release Notes

<details>
<summary>ledger/ledger (ledger)</summary>

### [`v4.2.0`](https://github.com/ledger/ledger/releases/tag/v4.2.0)

##### Bug Fixes

- fixes ENG-2 ([#88](https://github.com/ledger/ledger/issues/88))
- Closes ENG-9

</details>
"""

TEMPLATE = """## What

Coupons survive a switch to PayPal.

<!-- Link the ticket below, e.g. "Fixes ENG-1". Use "part of ENG-1" if more is to come. -->
## Ticket

Fixes ENG-{number}

## Checklist

- [x] Tests
- [ ] Docs
- [ ] closes ENG-XXX
"""

AGENT_BODY = f"""Coupons were dropped by `switchTender`. I've restored them:

- `cart.ts`: keep `coupon` across tenders
- `cart.test.ts`: covers ENG-style ids such as UTF-8

Fixes ENG-12

<!-- START COPILOT CODING AGENT SUFFIX -->

<details>

<summary>Original prompt</summary>

> Please fix ENG-13 first, then close ENG-14.

This section details on the original issue you should resolve

<issue_title>ENG-15 coupon lost</issue_title>
Fixes ENG-16

</details>

<!-- Fixes {ISSUE}/ENG-17/old -->
"""

TEXTS = (
    # ---- a closing word and a key, in all forms
    pr("close", body="close ENG-1", closes="ENG-1"),
    pr("closes", body="Closes ENG-1", closes="ENG-1"),
    pr("closed", body="Closed ENG-1.", closes="ENG-1"),
    pr("closing", body="Closing ENG-1", closes="ENG-1"),
    pr("fix", body="Fix ENG-1", closes="ENG-1"),
    pr("fixes", body="Fixes ENG-1!", closes="ENG-1"),
    pr("fixed", body="fixed ENG-1", closes="ENG-1"),
    pr("fixing", body="fixing ENG-1", closes="ENG-1"),
    pr("resolve", body="resolve ENG-1", closes="ENG-1"),
    pr("resolves", body="Resolves ENG-1", closes="ENG-1"),
    pr("resolved", body="RESOLVED ENG-1", closes="ENG-1"),
    pr("resolving", body="Resolving ENG-1", closes="ENG-1"),
    pr("complete", body="Complete ENG-1", closes="ENG-1"),
    pr("completes", body="completes ENG-1", closes="ENG-1"),
    pr("completed", body="Completed ENG-1", closes="ENG-1"),
    pr("completing", body="Completing ENG-1", closes="ENG-1"),
    pr("implement", body="implement ENG-1", closes="ENG-1"),
    pr("implements", body="Implements ENG-1", closes="ENG-1"),
    pr("implemented", body="Implemented ENG-1", closes="ENG-1"),
    pr("implementing", body="Implementing ENG-1", closes="ENG-1"),
    pr("shouting", body="FIXES ENG-1", closes="ENG-1"),
    pr("a key in lower case", body="fixes eng-12", closes="ENG-12"),
    pr("a team key with a digit", body="Closes V2-33", closes="V2-33"),
    # ---- how the two are tied
    pr("a colon between", body="Fixes: ENG-1", closes="ENG-1"),
    pr("a colon and no space", body="fixes:ENG-1", closes="ENG-1"),
    pr("a hash before the key", body="fixes #ENG-1", closes="ENG-1"),
    pr("a dash between", body="Fixes - ENG-1", closes="ENG-1"),
    pr("an em dash between", body="Closes — ENG-1", closes="ENG-1"),
    pr("brackets", body="Closes [ENG-1]", closes="ENG-1"),
    pr("parentheses", body="Retries uploads (fixes ENG-1).", closes="ENG-1"),
    pr("key in parentheses", body="Fixes (ENG-1)", closes="ENG-1"),
    pr("bold word", body="**Fixes** ENG-1", closes="ENG-1"),
    pr("bold word with its colon", body="**Fixes:** ENG-1", closes="ENG-1"),
    pr("bold all", body="**Fixes ENG-1**", closes="ENG-1"),
    pr("italic underscores", body="_Fixes ENG-1_", closes="ENG-1"),
    pr("a bold key", body="Fixes **ENG-1**", closes="ENG-1"),
    pr("a non-breaking space", body="Fixes\u00a0ENG-1", closes="ENG-1"),
    pr("a non-breaking hyphen", body="Fixes ENG\u20111", closes="ENG-1"),
    pr("an en dash in the key", body="Fixes ENG\u20131", closes="ENG-1"),
    pr("an escaped hyphen", body="Fixes ENG\\-1", closes="ENG-1"),
    pr("an HTML entity for the space", body="Fixes&nbsp;ENG-1", closes="ENG-1"),
    pr("the word ticket between", body="Fixes ticket ENG-1", closes="ENG-1"),
    pr("the words Linear issue between", body="Closes Linear issue ENG-1", closes="ENG-1"),
    pr("the words the issue between", body="This resolves the issue ENG-1.", closes="ENG-1"),
    pr("closes out", body="Closes out ENG-1", closes="ENG-1"),
    pr("at the end of a sentence", body="Coupons stay when the tender changes, closes ENG-1.", closes="ENG-1"),
    pr("after a sentence", body="Coupons stay. Closes ENG-1. Tests added.", closes="ENG-1"),
    pr("this PR", body="This PR closes ENG-1", closes="ENG-1"),
    pr("this pull request also", body="This pull request also fixes ENG-1 by caching the cart.", closes="ENG-1"),
    pr("these changes", body="These changes fix ENG-1.", closes="ENG-1"),
    pr("it", body="Adds a cache. It resolves ENG-1.", closes="ENG-1"),
    pr("which", body="Adds a cache, which fixes ENG-1", closes="ENG-1"),
    pr("a fix that resolves", body="A fix that resolves ENG-1.", closes="ENG-1"),
    pr("the subject is the change itself", body="The new queue fixes ENG-1.", closes="ENG-1"),
    pr("this will", body="This PR will close ENG-1.", closes="ENG-1"),
    pr("and after a verb", body="Drops the cache and fixes ENG-1", closes="ENG-1"),
    pr("emoji first", body="🐛 Fixes ENG-1", closes="ENG-1"),
    pr("a title behind the key", body="Fixes ENG-1: coupon lost when the tender changes", closes="ENG-1"),
    pr("a condition in a title behind the key", body="Fixes ENG-1 (crash if the cart is empty)", closes="ENG-1"),
    pr("two lines", body="Fixes ENG-1\nCloses ENG-2", closes="ENG-1 ENG-2"),
    pr("Windows line ends", body="Adds a cache.\r\n\r\nFixes ENG-1\r\nCloses ENG-2\r\n", closes="ENG-1 ENG-2"),
    pr("a heading", body="## Fixes ENG-1\n\nCoupons stay.", closes="ENG-1"),
    pr("a trailer", body="Coupons stay.\n\nCloses: ENG-1\nSigned-off-by: Ada <ada@acme.test>", closes="ENG-1"),
    pr("two closing words", body="Fixes and closes ENG-1", closes="ENG-1"),
    pr("two closing words, slashed", body="Closes/Fixes ENG-1", closes="ENG-1"),
    pr("nothing between word and no key", body="Fixes the coupon. ENG-1", mentions="ENG-1"),
    # ---- addresses of tickets
    pr("an address", body=f"Fixes {ISSUE}/ENG-12/coupon-lost", closes="ENG-12"),
    pr("a short address", body=f"Closes {ISSUE}/ENG-12", closes="ENG-12"),
    pr("an address ends a sentence", body=f"Closes {ISSUE}/ENG-12.", closes="ENG-12"),
    pr("an address in angle brackets", body=f"Closes <{ISSUE}/ENG-12/x>", closes="ENG-12"),
    pr("an address without scheme", body="Closes linear.app/acme/issue/ENG-12/coupon-lost", closes="ENG-12"),
    pr("a link", body=f"Closes [ENG-12]({ISSUE}/ENG-12/coupon-lost)", closes="ENG-12"),
    pr("a link with a title", body=f"Closes [ENG-12 Coupon lost]({ISSUE}/ENG-12/coupon-lost)", closes="ENG-12"),
    pr("a link with words for a label", body=f"Closes [the coupon bug]({ISSUE}/ENG-12/x)", closes="ENG-12"),
    pr("links in a list", body=f"Closes [ENG-1]({ISSUE}/ENG-1/a), [ENG-2]({ISSUE}/ENG-2/b)", closes="ENG-1 ENG-2"),
    pr("a reference link", body=f"Closes [the bug][1]\n\n[1]: {ISSUE}/ENG-12/x", closes="ENG-12"),
    pr("an HTML link", body=f'Closes <a href="{ISSUE}/ENG-12/x">ENG-12</a>', closes="ENG-12"),
    pr("an address alone", body=f"{ISSUE}/ENG-12/coupon-lost", mentions="ENG-12"),
    pr("the slug names another key", body=f"Closes {ISSUE}/ENG-12/like-eng-13", closes="ENG-12"),
    pr("an address of a comment", body=f"Fixes {ISSUE}/ENG-12/x#comment-1a2b3c", mentions="ENG-12"),
    pr("a branch's address", body="Fixes https://github.com/acme/web/tree/ada/eng-12-coupon"),
    pr("another site's address", body="Fixes https://linear.app.evil.test/acme/issue/ENG-12/x"),
    pr("another tracker's address", body="Fixes [ENG-12](https://acme.atlassian.net/browse/ENG-12)"),
    pr("a picture", body="Fixes ![ENG-12](https://x.test/a.png)"),
    # ---- lists
    pr("a comma list", body="Fixes ENG-1, ENG-2 and ENG-3", closes="ENG-1 ENG-2 ENG-3"),
    pr("an ampersand", body="Fixes ENG-1 & ENG-2", closes="ENG-1 ENG-2"),
    pr("a slash", body="Fixes ENG-1/ENG-2", closes="ENG-1 ENG-2"),
    pr("an Oxford comma", body="Closes ENG-1, ENG-2, and WEB-3.", closes="ENG-1 ENG-2 WEB-3"),
    pr("no comma at all", body="Closes ENG-1 ENG-2", closes="ENG-1 ENG-2"),
    pr("as well as", body="Closes ENG-1 as well as ENG-2", closes="ENG-1 ENG-2"),
    pr("both", body="Fixes both ENG-1 and ENG-2", closes="ENG-1 ENG-2"),
    pr("titles in parentheses", body="Fixes ENG-1 (coupon) and ENG-2 (login)", closes="ENG-1 ENG-2"),
    pr("with a GitHub issue", body="Fixes #12, ENG-1 and acme/web#13", closes="ENG-1"),
    pr("over lines", body="Fixes ENG-1,\nENG-2,\nENG-3", closes="ENG-1 ENG-2 ENG-3"),
    pr("bullets", body="Closes:\n- ENG-1\n- ENG-2", closes="ENG-1 ENG-2"),
    pr("bullets with titles", body="Closes:\n\n* ENG-1 Coupon lost\n* ENG-2: login loops", closes="ENG-1 ENG-2"),
    pr("bullets of links", body=f"Fixes:\n- [ENG-1]({ISSUE}/ENG-1/a)\n- {ISSUE}/ENG-2/b", closes="ENG-1 ENG-2"),
    pr("numbers", body="Resolves:\n1. ENG-1\n2. ENG-2", closes="ENG-1 ENG-2"),
    pr("a heading over bullets", body="## Closes\n\n- ENG-1\n- ENG-2\n", closes="ENG-1 ENG-2"),
    pr("a heading over a line", body="### Closes\nENG-1, ENG-2\n", closes="ENG-1 ENG-2"),
    pr("a bold line over bullets", body="**Fixes**\n\n- ENG-1\n- ENG-2", closes="ENG-1 ENG-2"),
    pr("issues closed", body="Issues closed:\n- ENG-1\n- ENG-2", closes="ENG-1 ENG-2"),
    pr("a word in each bullet", body="- Fixes ENG-1\n- Closes ENG-2\n- adds tests", closes="ENG-1 ENG-2"),
    pr("a list under a bullet", body="- Closes:\n  - ENG-1\n  - ENG-2\n- tests", closes="ENG-1 ENG-2"),
    pr("ticked boxes", body="## Closes\n- [x] ENG-1\n- [X] ENG-2", closes="ENG-1 ENG-2"),
    pr("a box not ticked", body="## Closes\n- [x] ENG-1\n- [ ] ENG-2", closes="ENG-1", mentions="ENG-2"),
    pr("a ticked box with a word", body="- [x] closes ENG-1\n- [ ] closes ENG-2", closes="ENG-1", mentions="ENG-2"),
    pr(
        "the list ends with a heading", body="## Closes\n- ENG-1\n\n## Notes\n- ENG-2", closes="ENG-1", mentions="ENG-2"
    ),
    pr("the list ends with a paragraph", body="Closes:\n- ENG-1\n\nENG-2 is next", closes="ENG-1", mentions="ENG-2"),
    pr(
        "another list begins",
        body="Closes:\n- ENG-1\n\nRelated:\n- ENG-2\n\nPart of:\n- ENG-3",
        closes="ENG-1",
        contributes="ENG-3",
        mentions="ENG-2",
    ),
    pr("a bullet says otherwise", body="Closes:\n- ENG-1\n- relates to ENG-2", closes="ENG-1", mentions="ENG-2"),
    pr("a bullet has other words first", body="Closes:\n- ENG-1\n- see ENG-2", closes="ENG-1", mentions="ENG-2"),
    pr("bullets of another heading", body="## Tickets\n- ENG-1\n- ENG-2", mentions="ENG-1 ENG-2"),
    pr("the heading Bug fixes", body="### Bug fixes\n- ENG-1 totals", mentions="ENG-1"),
    pr("own words for each", body="part of ENG-5; closes ENG-6", contributes="ENG-5", closes="ENG-6"),
    pr("closes and part of", body="Closes ENG-6 and part of ENG-5", contributes="ENG-5", closes="ENG-6"),
    pr("closes and relates", body="Closes ENG-6, relates to ENG-5", mentions="ENG-5", closes="ENG-6"),
    pr("closes, see", body="Closes ENG-6 (see also ENG-5)", mentions="ENG-5", closes="ENG-6"),
    pr("closes, but not", body="Fixes ENG-1, but not ENG-2", closes="ENG-1", mentions="ENG-2"),
    pr("the strongest counts", body="Part of ENG-1.\n\nSee ENG-1.\n\nFixes ENG-1.", closes="ENG-1"),
    pr("an unknown number in the list", body="Fixes ENG-1, ENG-999 and ENG-2", closes="ENG-1 ENG-2"),
    # ---- contributes and mentions
    pr("part of", body="Part of ENG-1", contributes="ENG-1"),
    pr("part two of", body="Part 2 of ENG-1", contributes="ENG-1"),
    pr("towards", body="Towards ENG-1", contributes="ENG-1"),
    pr("toward", body="toward: ENG-1", contributes="ENG-1"),
    pr("contributes to", body="Contributes to ENG-1 and ENG-2", contributes="ENG-1 ENG-2"),
    pr("partially fixes", body="Partially fixes ENG-1", contributes="ENG-1"),
    pr("fixes partially", body="Fixes ENG-1 (partially)", contributes="ENG-1"),
    pr("fixes part of", body="Fixes part of ENG-1", contributes="ENG-1"),
    pr("fixes one of two", body="Fixes ENG-1 (1/2)", contributes="ENG-1"),
    pr("fixes only for some", body="Fixes ENG-1 for iOS only", contributes="ENG-1"),
    pr("fixes except", body="Fixes ENG-1 except on Safari", contributes="ENG-1"),
    pr("ref", body="Ref ENG-1", mentions="ENG-1"),
    pr("refs", body="refs: ENG-1, ENG-2", mentions="ENG-1 ENG-2"),
    pr("see", body="See ENG-1 for details", mentions="ENG-1"),
    pr("relates to", body="Relates to ENG-1", mentions="ENG-1"),
    pr("related", body="Related: ENG-1", mentions="ENG-1"),
    pr("a bare key", body="ENG-1", mentions="ENG-1"),
    pr("a key in a sentence", body="The cart from ENG-1 keeps its coupon.", mentions="ENG-1"),
    pr("key first, then the word", body="ENG-1: fix the total", mentions="ENG-1"),
    pr("skip", body="skip ENG-1", branch="eng-1-x", mentions="ENG-1"),
    # ---- negated, conditional, asked, told of the past or of others
    pr("does not", body="This does not fix ENG-1", mentions="ENG-1"),
    pr("doesn't", body="doesn't close ENG-1", mentions="ENG-1"),
    pr("a curly apostrophe", body="Doesn\u2019t fix ENG-1", mentions="ENG-1"),
    pr("won't fix", body="won't fix ENG-1 here", mentions="ENG-1"),
    pr("wontfix", body="wontfix: ENG-1", mentions="ENG-1"),
    pr("not closing yet", body="Not closing ENG-1 yet", mentions="ENG-1"),
    pr("not closing yet, with a colon", body="Not closing yet: ENG-1", mentions="ENG-1"),
    pr("never", body="never closes ENG-1", mentions="ENG-1"),
    pr("without", body="Caches the cart without fixing ENG-1", mentions="ENG-1"),
    pr("instead of", body="Adds a note instead of fixing ENG-1", mentions="ENG-1"),
    pr("no longer", body="This no longer fixes ENG-1", mentions="ENG-1"),
    pr("not sure", body="Not sure this fixes ENG-1", mentions="ENG-1"),
    pr("a negation over a line end", body="The cache is kept, so this change does not\nfix ENG-1.", mentions="ENG-1"),
    pr("a negation ends with but", body="Does not fix ENG-1 but closes ENG-2", mentions="ENG-1", closes="ENG-2"),
    pr("a negation ends with the comma", body="No new tests, not pretty, fixes ENG-1", closes="ENG-1"),
    pr("not only", body="Not only fixes ENG-1 but speeds it up", closes="ENG-1"),
    pr("should once", body="should fix ENG-1 once the cache is warm", mentions="ENG-1"),
    pr("if this fixes", body="if this fixes ENG-1 we can ship", mentions="ENG-1"),
    pr("once, then", body="Once deployed, this closes ENG-1", mentions="ENG-1"),
    pr("closes if", body="Closes ENG-1 if QA agrees", mentions="ENG-1"),
    pr("closes, once", body="Closes ENG-1, once #14 is in", mentions="ENG-1"),
    pr("closes (unless)", body="Closes ENG-1 (unless support objects)", mentions="ENG-1"),
    pr("might", body="This might fix ENG-1", mentions="ENG-1"),
    pr("hopefully", body="Hopefully fixes ENG-1", mentions="ENG-1"),
    pr("needed to", body="Needed to close ENG-1", mentions="ENG-1"),
    pr("trying to", body="Trying to fix ENG-1", mentions="ENG-1"),
    pr("to do", body="TODO: fix ENG-1", mentions="ENG-1"),
    pr("a list of things to do", body="## Next steps\n- fix ENG-1\n- close ENG-2", mentions="ENG-1 ENG-2"),
    pr("out of scope", body="Fixes ENG-3\n\n### Out of scope\n- fixing ENG-1", closes="ENG-3", mentions="ENG-1"),
    pr("in a follow-up", body="We fix ENG-1 in a follow-up", mentions="ENG-1"),
    pr("a question", body="Does this fix ENG-1?", mentions="ENG-1"),
    pr("a short question", body="Closes ENG-1?", mentions="ENG-1"),
    pr("was fixed by", body="ENG-3 was fixed by #12", mentions="ENG-3"),
    pr("somebody else's", body="#12 fixes ENG-3", mentions="ENG-3"),
    pr("the previous one", body="The previous PR fixed ENG-3.", mentions="ENG-3"),
    pr("fixed elsewhere", body="Fixed ENG-3 in #12", mentions="ENG-3"),
    pr("a person in the past", body="Dana closed ENG-3 as a duplicate", mentions="ENG-3"),
    pr("found while fixing", body="Found while fixing ENG-3", mentions="ENG-3"),
    pr("before closing", body="Run the backfill before closing ENG-3", mentions="ENG-3"),
    pr("words between", body="fixes a bug introduced by ENG-7", mentions="ENG-7"),
    pr("words between, a noun", body="Fixes the tests for ENG-7", mentions="ENG-7"),
    pr("a regression of it", body="Fixes ENG-7 regression", mentions="ENG-7"),
    pr("its own", body="Fixes ENG-7's migration", mentions="ENG-7"),
    pr("the door", body="closes the door on ENG-9?", mentions="ENG-9"),
    pr("what it caused", body="Fixes the bug ENG-7 introduced", mentions="ENG-7"),
    pr("reopens", body="reopens ENG-1", mentions="ENG-1"),
    pr("unfixes", body="unfixes ENG-1", mentions="ENG-1"),
    pr("prefix", body="prefix ENG-1", mentions="ENG-1"),
    pr("a dialog closes", body="Animate how the dialog closes\nENG-1", mentions="ENG-1"),
    pr("the end of a sentence", body="The dialog closes. ENG-1", mentions="ENG-1"),
    pr("the end of a paragraph", body="This is how the dialog closes\n\nENG-1", mentions="ENG-1"),
    pr("quoted words", body='Write "Fixes ENG-1" below', mentions="ENG-1"),
    pr("an example", body="Name the ticket, e.g. fixes ENG-1", mentions="ENG-1"),
    pr("struck out", body="~~Fixes ENG-1~~", mentions="ENG-1"),
    pr("closing is a subject", body="Closing ENG-1 needs a migration first.", mentions="ENG-1"),
    pr("please", body="Please close ENG-1 by hand", mentions="ENG-1"),
    # ---- what is not said
    pr("GitHub's own numbers", body="fixes #123, acme/web#4"),
    pr("a quote", body="> Fixes ENG-1\n\nSure."),
    pr("a quote in a list", body="- > Fixes ENG-1\n- sure"),
    pr("a quote's lazy line", body="> The importer\nfixes ENG-1 they said"),
    pr("a quote that ends", body="> Fixes ENG-1\n\nFixes ENG-2", closes="ENG-2"),
    pr("a fence", body="```\nFixes ENG-1\n```\nFixes ENG-2", closes="ENG-2"),
    pr("a fence of tildes", body="~~~md\nFixes ENG-1\n```\nFixes ENG-3\n~~~\n"),
    pr("a fence that never ends", body="Adds:\n```sh\ngit commit -m 'Fixes ENG-1'\n"),
    pr("a fence in a list", body="- like\n  ```\n  Fixes ENG-1\n  ```\n- Fixes ENG-2", closes="ENG-2"),
    pr("indented code", body="Run:\n\n    echo Fixes ENG-1\n\nFixes ENG-2", closes="ENG-2"),
    pr("inline code", body="Write `Fixes ENG-1` there"),
    pr("inline code of two", body="``Fixes `ENG-1` `` and fixes ENG-2", closes="ENG-2"),
    pr("a key in code", body="Fixes `ENG-1`"),
    pr("a lone backtick is none", body="A ` alone. Fixes ENG-1", closes="ENG-1"),
    pr("a comment", body="<!-- Fixes ENG-1 -->\nFixes ENG-2", closes="ENG-2"),
    pr("a comment over lines", body="Hi <!--\n\nFixes ENG-1\n\n--> Fixes ENG-2", closes="ENG-2"),
    pr("a comment that never ends", body="Hi\n\n<!-- Fixes ENG-1\n\nFixes ENG-2"),
    pr("a comment shown as code", body="Drop `<!--` from it.\n\nFixes ENG-1", closes="ENG-1"),
    pr("a block quote in HTML", body="<blockquote>\n\nFixes ENG-1\n\n</blockquote>\n\nFixes ENG-2", closes="ENG-2"),
    pr("a pre", body="<pre>\nFixes ENG-1\n</pre>"),
    pr("another team's key", body="Fixes COVID-19, UTF-8 and OPS-1"),
    pr("an unknown number", body="Fixes ENG-999", title="ENG-998: x", branch="eng-997-x"),
    pr("a number goes on", body="Fixes ENG-12345"),
    pr("a version", body="Fixes ENG-1.5"),
    pr("a file", body="Fixes eng-1.md and docs/eng-2/readme"),
    pr("a longer word", body="Fixes pre-eng-1 and eng-1-foo and XENG-1"),
    pr("an e-mail address", body="Closes eng-1@acme.test"),
    pr("a template not filled in", body=TEMPLATE.format(number="XXX")),
    pr("a template filled in", body=TEMPLATE.format(number="12"), closes="ENG-12"),
    pr("an empty body", body=""),
    # ---- other languages around English words
    pr("German around", body="Behebt den Gutschein. Fixes ENG-1", closes="ENG-1"),
    pr("a German word", body="Behebt ENG-1", mentions="ENG-1"),
    pr("French around", body="Corrige le total, closes ENG-1. Voir ENG-2", closes="ENG-1", mentions="ENG-2"),
    pr("Spanish around", body="Este cambio arregla el cupón.\nCloses ENG-1", closes="ENG-1"),
    pr("Japanese behind", body="fixes ENG-1を修正しました", closes="ENG-1"),
    pr("Japanese before", body="クーポンを保持。Fixes ENG-1", closes="ENG-1"),
    pr("a Japanese word", body="ENG-1を修正", mentions="ENG-1"),
    # ---- titles
    pr("a key in the title", title="ENG-1: fix the total", contributes="ENG-1"),
    pr("a key in brackets", title="[ENG-1] Total", contributes="ENG-1"),
    pr("a closing word in the title", title="Fixes ENG-1", contributes="ENG-1"),
    pr("a conventional title", title="fix(ENG-1): total", contributes="ENG-1"),
    pr("several in the title", title="ENG-1 ENG-2: totals", contributes="ENG-1 ENG-2"),
    pr("a squash", title="ENG-1 fix (#12)", commits=("ENG-1 fix",), contributes="ENG-1"),
    pr("title and body", title="ENG-1: total", body="Closes ENG-1", closes="ENG-1"),
    pr("a negated title", title="Does not fix ENG-1 yet", mentions="ENG-1"),
    pr("code in the title", title="Parse `ENG-1`"),
    # ---- branches
    pr("Linear's branch", branch="ada/eng-12-coupon-lost", closes="ENG-12"),
    pr("a bare branch", branch="eng-12", closes="ENG-12"),
    pr("a feature branch", branch="feature/ENG-12_x", closes="ENG-12"),
    pr("a word before the key", branch="fix-eng-12", closes="ENG-12"),
    pr("two in the branch", branch="eng-12-eng-13", closes="ENG-12 ENG-13"),
    pr("branch and title", branch="ada/eng-12-x", title="ENG-12: x", closes="ENG-12"),
    pr("branch and a bare key", branch="ada/eng-12-x", body="ENG-12", closes="ENG-12"),
    pr("a weaker word beats the branch", branch="eng-12-x", body="Part of ENG-12", contributes="ENG-12"),
    pr("a mention beats the branch", branch="eng-12-x", body="Refs ENG-12", mentions="ENG-12"),
    pr("a denial beats the branch", branch="eng-12-x", body="This does not close ENG-12.", mentions="ENG-12"),
    pr("a denial, with a title", branch="eng-12-x", title="ENG-12 x", body="Not closing ENG-12", contributes="ENG-12"),
    pr("a word for another ticket", branch="eng-12-x", body="Part of ENG-5", closes="ENG-12", contributes="ENG-5"),
    pr("a longer name in a branch", branch="xeng-12-x"),
    pr("a release branch", branch="release/eng-12", mentions="ENG-12"),
    pr("a dependency branch", branch="renovate/eng-12.x"),
    pr("a dependency branch with a key", branch="dependabot/eng-12-fix", mentions="ENG-12"),
    # ---- commits
    pr("a commit", commits=("Fixes ENG-1",), mentions="ENG-1"),
    pr("a commit that merges a branch", commits=("Merge branch 'ada/eng-1-x' into main",)),
    # ---- reverts
    pr(
        "GitHub's revert",
        title='Revert "ENG-12: keep the coupon"',
        body="Reverts acme/web#12",
        branch="revert-12-ada/eng-12-keep",
        mentions="ENG-12",
        contradicts="ENG-12",
    ),
    pr(
        "a revert with the branch alone",
        title="Revert the coupon change",
        body="Reverts acme/web#12",
        branch="revert-12-ada/eng-12-keep",
        mentions="ENG-12",
        contradicts="ENG-12",
    ),
    pr(
        "a revert of git",
        title='Revert "Fix ENG-1"',
        body="This reverts commit 1a2b3c4.",
        mentions="ENG-1",
        contradicts="ENG-1",
    ),
    pr("a conventional revert", title="revert: ENG-1 total", mentions="ENG-1", contradicts="ENG-1"),
    pr(
        "a revert with a closing word",
        title='Revert "ENG-1: total"',
        body="Reverts acme/web#12\n\nFixes ENG-9",
        mentions="ENG-1 ENG-9",
        contradicts="ENG-1",
    ),
    pr(
        "a revert says its ticket below",
        title='Revert "Total"',
        body="Reverts #12 (ENG-1)",
        mentions="ENG-1",
        contradicts="ENG-1",
    ),
    pr(
        "a revert of a revert",
        title='Revert "Revert "ENG-12: keep""',
        body="Reverts acme/web#13",
        branch="revert-13-revert-12-ada/eng-12-keep",
        contributes="ENG-12",
    ),
    pr("a reapplication", title='Reapply "ENG-12: keep"', body="Reapplies #12", contributes="ENG-12"),
    pr("revert as a subject", title="Revert to the last draft (ENG-1)", body="Closes ENG-1", closes="ENG-1"),
    # ---- copies, stacks and others that never close
    pr(
        "a backport title",
        title="[Backport 2.3] ENG-1: total",
        body="Fixes ENG-1",
        base="release/2.3",
        mentions="ENG-1",
    ),
    pr("a backport branch", branch="backport/2.3/eng-1", body="Fixes ENG-1", mentions="ENG-1"),
    pr("a backport label", labels=("backport",), branch="ada/eng-1-x", body="Fixes ENG-1", mentions="ENG-1"),
    pr("a label that asks for one", labels=("needs-backport",), body="Fixes ENG-1", closes="ENG-1"),
    pr(
        "Mergify's backport",
        title="Total (backport #12)",
        branch="mergify/bp/2.3/pr-12",
        body="Fixes ENG-1",
        mentions="ENG-1",
    ),
    pr("a cherry-pick", title="Cherry-pick: total", body="Closes ENG-1", mentions="ENG-1"),
    pr("git's cherry-pick", body="Closes ENG-1\n\n(cherry picked from commit 1a2b3c4)", mentions="ENG-1"),
    pr("a backport in words", body="Backport of #12 to 2.3.\n\nFixes ENG-1", mentions="ENG-1"),
    pr("work on backports", title="Let the backport bot skip drafts", body="Fixes ENG-1", closes="ENG-1"),
    pr("a stack", base="ada/eng-1-cart", branch="ada/eng-2-coupon", body="Fixes ENG-2", contributes="ENG-2"),
    pr("a stack by its branch", base="ada/eng-1-cart", branch="ada/eng-2-coupon", contributes="ENG-2"),
    pr("a base like a default", base="develop", body="Fixes ENG-2", closes="ENG-2"),
    pr(
        "a merge back",
        title="Merge release/2.3 back into main",
        branch="release/2.3",
        body="- Fixes ENG-1",
        mentions="ENG-1",
    ),
    pr("a label that silences", labels=("no-ticket",), branch="eng-1-x", body="Fixes ENG-1"),
    # ---- programs
    pr(
        "dependabot",
        title="Bump ledger from 4.1.0 to 4.2.0",
        body=BUMP,
        branch="dependabot/npm/ledger",
        author_kind=BOT,
    ),
    pr("renovate", title="Update ledger", body=RENOVATE, branch="renovate/ledger-4.x", author_kind=BOT),
    pr("taken over from a bot", title="Update ledger", body=BUMP, branch="ada/ledger", base="main"),
    pr("a bot with a key in its title", title="ENG-1: update ledger", author_kind=BOT, mentions="ENG-1"),
    pr("a coding agent", body=AGENT_BODY, branch="copilot/fix-coupon", author_kind=AGENT, closes="ENG-12"),
    # ---- whole descriptions
    pr(
        "a usual description",
        title="Keep coupons when the tender changes",
        branch="ada/eng-12-keep-coupons",
        body="## Summary\n\nCoupons were dropped when somebody switched to PayPal.\n\n## Changes\n\n"
        "- keep `coupon` in the cart\n"
        "- test for ENG-3's odd case\n\n## Linear\n\nCloses ENG-12\n\n"
        "## Testing\n\n1. Add a coupon\n2. Switch to PayPal\n",
        closes="ENG-12",
        mentions="ENG-3",
    ),
    pr(
        "a description with sections of tickets",
        body="### What\nTotals.\n\n### Closes\n- ENG-1\n- ENG-2\n\n### Contributes to\n- ENG-5\n\n"
        "### Related\n- ENG-6\n- ENG-7",
        closes="ENG-1 ENG-2",
        contributes="ENG-5",
        mentions="ENG-6 ENG-7",
    ),
    pr(
        "a squash's list of commits",
        body="* ENG-1: add the model\n* ENG-1: wire it\n* fix lint\n\nCo-authored-by: Bo <bo@acme.test>",
        mentions="ENG-1",
    ),
    pr(
        "a release's list",
        title="Release 2.4",
        branch="release/2.4",
        body="## What's Changed\n* ENG-1 totals by @ada in https://github.com/acme/web/pull/12\n"
        "* ENG-2 login by @bo in https://github.com/acme/web/pull/13\n",
        mentions="ENG-1 ENG-2",
    ),
    pr(
        "wrapped at 72 columns",
        body="The exporter kept a cursor that belonged to another tenant, which is why\n"
        "rows were skipped. This resets it per run and\n"
        "fixes ENG-4. The backfill for ENG-5 is separate work and is not part of\nthis change.",
        closes="ENG-4",
        mentions="ENG-5",
    ),
    pr(
        "reviewed by a bot",
        body="Closes ENG-2\n\n<!-- CURSOR_SUMMARY -->\n---\n\n> [!NOTE]\n> **Low Risk**\n"
        "> Fixes ENG-9 and resolves ENG-10.\n>\n> <sup>Written by a bot</sup>\n<!-- /CURSOR_SUMMARY -->",
        closes="ENG-2",
    ),
    pr(
        "a table of tickets",
        body="| Ticket | What |\n|---|---|\n| ENG-1 | totals |\n| ENG-2 | login |\n\nFixes ENG-1.",
        closes="ENG-1",
        mentions="ENG-2",
    ),
    pr(
        "a details element is still said",
        body="<details><summary>Tickets</summary>\n\nFixes ENG-1\n\n</details>",
        closes="ENG-1",
    ),
    pr("an HTML list", body="Closes:\n<ul><li>ENG-1</li></ul>", mentions="ENG-1"),
    pr(
        "a note after it",
        body="Fixes ENG-1\n\nNote: ENG-2 stays open, it needs a migration.",
        closes="ENG-1",
        mentions="ENG-2",
    ),
    pr("signed", body="Fixes ENG-1 -- Ada", closes="ENG-1"),
    pr("thanks", body="Thanks to @bo for the report! Fixes ENG-1 :tada:", closes="ENG-1"),
    pr("a colon list in one line", body="Tickets closed: ENG-1, ENG-2", closes="ENG-1 ENG-2"),
    pr("issues fixed heading", body="#### Issues fixed\n\nENG-1 and ENG-2", closes="ENG-1 ENG-2"),
    pr(
        "fixes the following issues",
        body="This PR fixes the following issues:\n\n- ENG-1\n- ENG-2",
        closes="ENG-1 ENG-2",
    ),
    pr(
        "closes the following tickets, in a line",
        body="Closes the following tickets: ENG-1, ENG-2.",
        closes="ENG-1 ENG-2",
    ),
    pr(
        "nested bullets",
        body="- Closes ENG-1\n  - see ENG-2 for the design\n- Refs ENG-3",
        closes="ENG-1",
        mentions="ENG-2 ENG-3",
    ),
    pr(
        "details under an item of the list",
        body="Closes:\n- ENG-1\n  - ENG-5 had the same cause\n- ENG-2",
        closes="ENG-1 ENG-2",
        mentions="ENG-5",
    ),
    pr("a loose list", body="Closes:\n\n- ENG-1\n\n- ENG-2\n\n- ENG-3", closes="ENG-1 ENG-2 ENG-3"),
    pr("plus signs and parentheses", body="Resolves:\n+ ENG-1\n+ ENG-2 (login)", closes="ENG-1 ENG-2"),
    pr("one bold bullet", body="- **Closes:** ENG-1\n- **Type:** fix", closes="ENG-1"),
    pr("bold label in a list", body="- **Ticket:** ENG-1\n- **Fixes:** ENG-2", closes="ENG-2", mentions="ENG-1"),
    pr("newline after the colon", body="Fixes:\nENG-1", closes="ENG-1"),
    pr("keys a line each", body="Closes:\nENG-1\nENG-2\n\nENG-3 later", closes="ENG-1 ENG-2", mentions="ENG-3"),
    pr("emphasis around a list", body="*Closes ENG-1, ENG-2*", closes="ENG-1 ENG-2"),
    pr("bold keys in a list", body="Closes **ENG-1**, **ENG-2** and **ENG-3**", closes="ENG-1 ENG-2 ENG-3"),
    pr("bracketed keys in a list", body="Closes [ENG-1], [ENG-2]", closes="ENG-1 ENG-2"),
    pr("hashed keys in a list", body="closes #ENG-1, #ENG-2", closes="ENG-1 ENG-2"),
    pr("a word for each in one line", body="Fixes ENG-1, fixes ENG-2, closes ENG-3", closes="ENG-1 ENG-2 ENG-3"),
    pr("a word for each, and", body="Fixes ENG-1 and resolves ENG-2", closes="ENG-1 ENG-2"),
    pr("two sentences", body="Implements ENG-1. Part of ENG-2.", closes="ENG-1", contributes="ENG-2"),
    pr("closes, blocked by", body="Closes ENG-1. Blocked by ENG-2.", closes="ENG-1", mentions="ENG-2"),
    pr("depends on", body="Depends on ENG-2, closes ENG-1", closes="ENG-1", mentions="ENG-2"),
    pr("follow-up to one, closes another", body="Follow-up to ENG-2, closes ENG-1", closes="ENG-1", mentions="ENG-2"),
    pr("a follow-up alone", body="Follow-up to ENG-2", branch="ada/eng-2-again", mentions="ENG-2"),
    pr("tail title with a dash", body="Closes ENG-1 - coupon lost", closes="ENG-1"),
    pr("tail with by", body="Fixes ENG-1 by keeping the coupon in the cart.", closes="ENG-1"),
    pr("tail with its number", body="Fixes ENG-1 (#12)", closes="ENG-1"),
    pr("tail in a place", body="Fixes ENG-1 in the checkout", closes="ENG-1"),
    pr("tail with a reason", body="Fixes ENG-1, because the coupon is kept", closes="ENG-1"),
    pr("a GitHub issue beside it", body="Fixes acme/web#12 and ENG-1", closes="ENG-1"),
    pr("an issue's address beside it", body="Fixes https://github.com/acme/web/issues/12, ENG-1", closes="ENG-1"),
    pr("tabs", body="Fixes\tENG-1", closes="ENG-1"),
    pr("two spaces", body="Fixes:  ENG-1", closes="ENG-1"),
    pr("trailing spaces and a break", body="Fixes ENG-1  \nFixes ENG-2\\\nFixes ENG-3", closes="ENG-1 ENG-2 ENG-3"),
    pr("br", body="Fixes ENG-1<br>Part of ENG-2<br/>ENG-3", closes="ENG-1", contributes="ENG-2", mentions="ENG-3"),
    pr("bold in HTML", body="<b>Fixes</b> ENG-1", closes="ENG-1"),
    pr("a paragraph in HTML", body="<p>Fixes ENG-1</p>", closes="ENG-1"),
    pr("an arrow", body="Fixes → ENG-1", closes="ENG-1"),
    # ---- weaker
    pr("only a part", body="This only fixes part of ENG-1", contributes="ENG-1"),
    pr("first step", body="A first step towards ENG-1", contributes="ENG-1"),
    pr("implements part 1 of", body="Implements part 1 of ENG-1", contributes="ENG-1"),
    pr("fixes, mostly", body="Mostly fixes ENG-1", contributes="ENG-1"),
    pr("fixes half of", body="Fixes half of ENG-1", mentions="ENG-1"),
    pr("contributes without to", body="Contributes: ENG-1", contributes="ENG-1"),
    pr("part of, over a list", body="Part of:\n* ENG-1\n* ENG-2", contributes="ENG-1 ENG-2"),
    pr("not part of", body="This is not part of ENG-1", mentions="ENG-1"),
    pr("part of, with an address", body=f"Part of {ISSUE}/ENG-8/epic", contributes="ENG-8"),
    pr("refs with an address", body=f"ref {ISSUE}/ENG-8/epic", branch="eng-8-x", mentions="ENG-8"),
    pr("ignore", body="ignore ENG-12", branch="ada/eng-12-x", mentions="ENG-12"),
    # ---- denied and so on
    pr("doesnt", body="doesnt fix ENG-1", mentions="ENG-1"),
    pr("cannot", body="We cannot close ENG-1 with this", mentions="ENG-1"),
    pr("isn't closing", body="This isn't closing ENG-1", mentions="ENG-1"),
    pr("will not", body="This will not resolve ENG-1 or ENG-2.", mentions="ENG-1 ENG-2"),
    pr("nor", body="It neither fixes ENG-1 nor closes ENG-2", mentions="ENG-1 ENG-2"),
    pr("do not close", body="Do not close ENG-1 when this merges", mentions="ENG-1", branch="ada/eng-1-x"),
    pr("no fix", body="There is no fix for ENG-1 yet", mentions="ENG-1"),
    pr("would", body="That would close ENG-1", mentions="ENG-1"),
    pr("could", body="could fix ENG-1", mentions="ENG-1"),
    pr("after QA", body="Closes ENG-1 after QA", mentions="ENG-1"),
    pr("when both", body="Closes ENG-1 when #12 and #13 are merged", mentions="ENG-1"),
    pr("assuming", body="Assuming the cache is warm, this resolves ENG-1", mentions="ENG-1"),
    pr("unless", body="Unless we missed something this fixes ENG-1", mentions="ENG-1"),
    pr("will be fixed", body="ENG-1 will be fixed next week", mentions="ENG-1"),
    pr("to be closed", body="ENG-1 can be closed once this is out", mentions="ENG-1"),
    pr("a question with which", body="Which PR fixes ENG-1?", mentions="ENG-1"),
    pr("is this closing", body="Is this closing ENG-1 or ENG-2?", mentions="ENG-1 ENG-2"),
    pr("already fixed", body="ENG-3 is already fixed on main", mentions="ENG-3"),
    pr("already fixed, verb first", body="We already fixed ENG-3 last week", mentions="ENG-3"),
    pr("another PR", body="Another PR fixes ENG-3", mentions="ENG-3"),
    pr("closed by", body="Closed by ENG-3", mentions="ENG-3"),
    pr("broken by the fix", body="The fix for ENG-3 broke this", mentions="ENG-3"),
    pr("regression from", body="Regression from ENG-3. Closes ENG-4", closes="ENG-4", mentions="ENG-3"),
    pr("same as", body="Same as ENG-3", mentions="ENG-3"),
    pr("while implementing", body="I noticed this while implementing ENG-3", mentions="ENG-3"),
    pr("the implementation", body="Reuses the code that implements ENG-3 on the server", mentions="ENG-3"),
    pr("how to fix", body="Documents how to fix ENG-3", mentions="ENG-3"),
    pr("in order to", body="In order to close ENG-3 we need more logs", mentions="ENG-3"),
    pr("makes it possible", body="Makes it possible to implement ENG-3", mentions="ENG-3"),
    pr(
        "later heading",
        body="Closes ENG-1\n\n**Follow-ups**\n- closes ENG-2\n- fix ENG-3",
        closes="ENG-1",
        mentions="ENG-2 ENG-3",
    ),
    pr(
        "not in this PR",
        body="Not in this PR:\n- fix ENG-1\n- fix ENG-2\n\nFixes ENG-3",
        closes="ENG-3",
        mentions="ENG-1 ENG-2",
    ),
    pr("known issues", body="Fixes ENG-3\n\n## Known issues\n- ENG-1", closes="ENG-3", mentions="ENG-1"),
    pr(
        "does not close heading",
        body="## Does not close\n- ENG-1\n- ENG-2",
        mentions="ENG-1 ENG-2",
        branch="ada/eng-1-x",
    ),
    pr("closes nothing", body="Closes nothing, ENG-1 stays open", mentions="ENG-1"),
    pr("closes the modal", body="Pressing Escape closes the modal (ENG-1)", mentions="ENG-1"),
    pr("resolves a path", body="resolves imports from ENG-1's folder", mentions="ENG-1"),
    pr("complete rewrite", body="Complete rewrite, see ENG-1", mentions="ENG-1"),
    pr("closest", body="The closest ticket is ENG-1", mentions="ENG-1"),
    pr("fixture", body="fixture ENG-1", mentions="ENG-1"),
    pr("quick-fix", body="quick-fix ENG-1", mentions="ENG-1"),
    pr("auto-closes", body="auto-closes ENG-1", mentions="ENG-1"),
    # ---- not said
    pr("a fence with a language", body="```md\n## Closes\n- ENG-1\n```"),
    pr("a suggestion", body="```suggestion\nFixes ENG-1\n```\n"),
    pr("four backticks", body="````\n```\nFixes ENG-1\n```\nFixes ENG-2\n````\nFixes ENG-3", closes="ENG-3"),
    pr("nested quotes", body=">> Fixes ENG-1\n> no\n\nFixes ENG-2", closes="ENG-2"),
    pr("a heading in a quote", body="> ## Closes\n- ENG-1", mentions="ENG-1"),
    pr("comments side by side", body="<!-- Fixes ENG-1 --> Fixes ENG-2 <!-- Fixes ENG-3 -->", closes="ENG-2"),
    pr("a comment between word and key", body="Fixes <!-- ticket --> ENG-1", closes="ENG-1"),
    pr("a comment in a list", body="## Closes\n<!-- one a line -->\n- ENG-1\n- ENG-2", closes="ENG-1 ENG-2"),
    pr("a template's example in a list", body="- Fixes <!-- ENG-1 -->\n- Part of <!-- ENG-2 -->"),
    pr("code between", body="Fixes `total()` ENG-1", mentions="ENG-1"),
    pr("an address in code", body=f"`{ISSUE}/ENG-1`"),
    pr("a query", body="Fixes https://acme.test/?ticket=ENG-1"),
    pr("a package", body="Fixes @acme/eng-1 and lib@eng-2"),
    pr("an option", body="Run with --eng-1"),
    pr("an environment variable", body="Fixes ENG-1_TOKEN and $ENG-2"),
    pr("a range of versions", body="Supports ENG-1.2.3"),
    # ---- branches and bases
    pr("capitals in the branch", branch="ENG-12-Coupon", closes="ENG-12"),
    pr("a bug branch", branch="bugfix/eng-12/coupon", closes="ENG-12"),
    pr("an underscore before", branch="ada_eng-12_coupon", closes="ENG-12"),
    pr("a hotfix branch", branch="hotfix/ENG-12", closes="ENG-12"),
    pr("an unknown number in the branch", branch="ada/eng-500-x"),
    pr("a branch that repeats the key", branch="eng-12-eng-12", closes="ENG-12"),
    pr("the branch beaten by a list", branch="eng-12-x", body="Part of:\n- ENG-12", contributes="ENG-12"),
    pr(
        "the branch beaten by a condition",
        branch="eng-12-x",
        body="Closes ENG-12 once ENG-13 is done",
        mentions="ENG-12 ENG-13",
    ),
    pr("a branch and code", branch="eng-12-x", body="`Part of ENG-12`", closes="ENG-12"),
    pr("releases in the plural", branch="releases/eng-12", mentions="ENG-12"),
    pr("a cherry-pick branch", branch="cherry-pick/eng-12-to-2.3", mentions="ENG-12"),
    pr(
        "a revert branch with a new title",
        title="Take the coupon out again",
        branch="revert-12-eng-12-x",
        mentions="ENG-12",
        contradicts="ENG-12",
    ),
    pr("a coding agent's branch", branch="cursor/eng-12-coupon-3f2a", author_kind=AGENT, closes="ENG-12"),
    pr("a base with capitals", base="Main", branch="eng-12", closes="ENG-12"),
    pr("a base for a release", base="release/2.3", body="Fixes ENG-12", contributes="ENG-12"),
    pr("an epic's branch as base", base="epic/checkout", title="ENG-1 x", body="Closes ENG-1", contributes="ENG-1"),
    # ---- reverts
    pr(
        "a revert's own ticket",
        title='ENG-20: Revert "ENG-12: keep"',
        branch="ada/eng-20-revert",
        mentions="ENG-12 ENG-20",
        contradicts="ENG-12",
    ),
    pr("a revert in a scope", title="chore(cart): revert ENG-12", mentions="ENG-12", contradicts="ENG-12"),
    pr("a bracketed revert", title='[ENG-12] Revert "keep the coupon"', mentions="ENG-12", contradicts="ENG-12"),
    pr(
        "reverting, with a reason",
        title='Revert "ENG-12: keep"',
        body="Reverts acme/web#12\n\nIt broke ENG-3, closes ENG-4",
        mentions="ENG-3 ENG-4 ENG-12",
        contradicts="ENG-12",
    ),
    pr("a revert's label", title="Coupon out (ENG-12)", labels=("revert",), mentions="ENG-12", contradicts="ENG-12"),
    pr("three turns", title='Revert "Revert "Revert "ENG-12 x"""', mentions="ENG-12", contradicts="ENG-12"),
    pr("a revert of a reapplication", title='Revert "Reapply "ENG-12 x""', mentions="ENG-12", contradicts="ENG-12"),
    pr(
        "a part that is reverted",
        body="Fixes ENG-1\n\nAlso reverts the workaround of ENG-2",
        closes="ENG-1",
        mentions="ENG-2",
    ),
    pr("a forward port", title="Forward-port: total", body="Fixes ENG-1", mentions="ENG-1"),
    pr("a sync", title="Sync main into develop", branch="main", base="develop", body="Closes ENG-1", mentions="ENG-1"),
    pr("Merge pull request", title="Merge pull request #12 from acme/ada/eng-1-x", branch="ada/x"),
    # ---- what stands behind a key
    pr("caused by another", body="Fixes ENG-1 caused by ENG-2", closes="ENG-1", mentions="ENG-2"),
    pr("introduced in a version", body="Fixes ENG-1 introduced in 2.3", closes="ENG-1"),
    pr("once and for all", body="Fixes ENG-1 once and for all", closes="ENG-1"),
    pr("an epic in parentheses", body="Implements ENG-1 (part of ENG-5)", closes="ENG-1", contributes="ENG-5"),
    pr("an epic behind a comma", body="Implements ENG-1, part 2 of ENG-5", closes="ENG-1", contributes="ENG-5"),
    pr("as part of an epic", body="Implements ENG-1 as part of ENG-5", closes="ENG-1", contributes="ENG-5"),
    pr("the next is no part of the list", body="Closes ENG-1, ENG-2 will follow", closes="ENG-1", mentions="ENG-2"),
    pr("and the next is", body="Fixes ENG-1, and ENG-2 is next", closes="ENG-1", mentions="ENG-2"),
    pr("but another remains", body="Fixes ENG-1, but ENG-2 remains", closes="ENG-1", mentions="ENG-2"),
    pr("but not completely", body="Fixes ENG-1 but not completely", contributes="ENG-1"),
    pr("this one only", body="Closes ENG-1 only.", closes="ENG-1"),
    pr("not yet, in parentheses", body="Fixes ENG-1 (not yet)", mentions="ENG-1"),
    pr("pending", body="Closes ENG-1, pending QA", mentions="ENG-1"),
    pr("in the other repository", body="Fixes ENG-1 in acme/api#7", mentions="ENG-1"),
    pr("together with tests", body="Fixes ENG-1 & adds tests", closes="ENG-1"),
    pr("with tests", body="Fixes ENG-1 with a lock", closes="ENG-1"),
    pr("unblocks another", body="Closes ENG-1 and unblocks ENG-2", closes="ENG-1", mentions="ENG-2"),
    pr("a label leads elsewhere", body=f"Closes [ENG-1]({ISSUE}/ENG-2/x)", closes="ENG-2"),
    pr("a label that leads nowhere", body="Closes [ENG-1](#), [ENG-2][]", closes="ENG-1 ENG-2"),
    pr("a word behind the key", body=f"[ENG-1]({ISSUE}/ENG-1/x): Fixed", mentions="ENG-1"),
    # ---- templates' sections
    pr(
        "a section called Fix",
        body="## Problem\nTotals.\n\n## Fix\nENG-1 added a cache, which is dropped.",
        mentions="ENG-1",
    ),
    pr("a section called Fixed, with prose", body="## Fixed\nENG-1 was about totals.", mentions="ENG-1"),
    pr("a changelog's section", body="### Fixed\n- Coupon lost (ENG-1)", mentions="ENG-1"),
    pr("a question answered", body="**Does this close a ticket?** Closes ENG-1", closes="ENG-1"),
    pr("a question with a bare answer", body="Does this close a ticket?\nENG-1", mentions="ENG-1"),
    pr("a box for the kind", body="- [x] Bug fix (ENG-1)\n- [ ] Feature", mentions="ENG-1"),
    pr("a box that is ticked", body="- [x] I linked the ticket (closes ENG-1)", closes="ENG-1"),
    pr("none", body="Fixes: N/A, see ENG-1", mentions="ENG-1"),
    pr("the kind and the ticket", body="Type: fix\nTicket: ENG-1", mentions="ENG-1"),
    pr("a status", body="Status: closed\nENG-1", mentions="ENG-1"),
    pr("closes, and the ticket below", body="Closes\nENG-1", closes="ENG-1"),
    pr("closes, and the tickets in bullets below", body="Closes\n- ENG-1\n- ENG-2", closes="ENG-1 ENG-2"),
    pr("an empty section before another", body="## Closes\n\n## Related\n- ENG-1", mentions="ENG-1"),
    pr("a section that is not a link definition", body="## Closes\n\n- [ENG-1]: coupon lost", closes="ENG-1"),
    pr(
        "steps to test",
        body="Closes ENG-1\n\n## Test plan\n- [ ] open ENG-2's page\n- [ ] close ENG-3",
        closes="ENG-1",
        mentions="ENG-2 ENG-3",
    ),
    pr(
        "a list of what was done",
        body="- Fix the total\n- Fix ENG-1\n- Implement the lock from ENG-2",
        closes="ENG-1",
        mentions="ENG-2",
    ),
    pr("supersedes", body="Supersedes #12 and closes ENG-1", closes="ENG-1"),
    pr("replaces", body="Replaces #12. Closes ENG-1", closes="ENG-1"),
    # ---- other scripts' marks
    pr("a wide colon", body="Closes\uff1aENG-1、ENG-2", closes="ENG-1 ENG-2"),
    pr("a wide full stop", body="ENG-3を参照。Closes ENG-1。", closes="ENG-1", mentions="ENG-3"),
    pr("Korean behind", body="Fixes ENG-1을 고침", closes="ENG-1"),
    pr("Russian around", body="Исправляет сумму. Fixes ENG-1", closes="ENG-1"),
    pr("a German compound", body="Fix für ENG-1", mentions="ENG-1"),
    pr("a Spanish denial without English words", body="No cierra ENG-1", mentions="ENG-1"),
    # ---- the author's helpers
    pr(
        "an agent says what it read",
        author_kind=AGENT,
        body="I looked at ENG-1 and ENG-2. This closes ENG-1.",
        closes="ENG-1",
        mentions="ENG-2",
    ),
    pr(
        "an agent's plan",
        author_kind=AGENT,
        body="## Plan\n- [x] Reproduce\n- [x] Fix ENG-1\n- [ ] Fix ENG-2",
        closes="ENG-1",
        mentions="ENG-2",
    ),
    pr("I", body="I fixed ENG-1 on the train", mentions="ENG-1"),
    pr("let's", body="Let's close ENG-1 then", mentions="ENG-1"),
    pr("one should", body="Someone should fix ENG-1", mentions="ENG-1"),
    pr("a commit is quoted", body='The commit "Fixes ENG-1" was lost', mentions="ENG-1"),
    pr("a key as a subject", body="ENG-7 fixes ENG-1", mentions="ENG-1 ENG-7"),
    pr("a numbered PR as a subject", body="PR 12 fixes ENG-1", mentions="ENG-1"),
    pr("a linked PR as a subject", body="[#12](https://github.com/acme/web/pull/12) closes ENG-1", mentions="ENG-1"),
    pr("does fix", body="This does fix ENG-1", closes="ENG-1"),
    pr("finally", body="Finally fixes ENG-1!!", closes="ENG-1"),
    pr("not a problem", body="Not pretty, but fixes ENG-1", closes="ENG-1"),
    pr("if in an earlier sentence", body="If you agree, merge. Fixes ENG-1", closes="ENG-1"),
    pr("when in an earlier clause", body="The total was doubled when the cart was empty, fixes ENG-1", closes="ENG-1"),
    pr("an abbreviation", body="Totals, taxes etc. closes ENG-1", closes="ENG-1"),
    pr("a version before", body="Bumps to 2.3.1, fixes ENG-1", closes="ENG-1"),
    # ---- denials that GitHub reads as closing
    pr("nothing here", body="Nothing here **fixes ENG-1**; it has its own PR.", mentions="ENG-1"),
    pr("none of this", body="None of this closes ENG-1", mentions="ENG-1"),
    pr("a bold denial", body="**This does not close ENG-1**", mentions="ENG-1"),
    pr("a bold not", body="Does **not** close ENG-1 (its question remains)", branch="eng-1-x", mentions="ENG-1"),
    pr(
        "left open on purpose",
        body="Leaves ENG-1 open on purpose. Closes ENG-2",
        branch="eng-1-x",
        closes="ENG-2",
        mentions="ENG-1",
    ),
    pr("stays open", body="ENG-1 stays open until the backfill ran", branch="eng-1-x", mentions="ENG-1"),
    pr("do not add", body="Do NOT add 'Closes ENG-1'", mentions="ENG-1"),
    pr("a modal before and", body="Coupons can be kept and closes ENG-1", closes="ENG-1"),
    pr("a condition before and", body="If this works and fixes ENG-1 we are done", mentions="ENG-1"),
    pr("a denial before and", body="This cannot drop the cache and fix ENG-1", mentions="ENG-1"),
    pr("a label that asks for a copy", labels=("release/backport",), branch="eng-1", closes="ENG-1"),
    pr("a label for the type of work", labels=("type: backport",), branch="eng-1", mentions="ENG-1"),
    pr("a ticket's section", body="## Linear Ticket\n\nResolves ENG-1\n\n## Security\n\n- [x] checked", closes="ENG-1"),
    pr("a ticket and its address", body=f"**Linear ticket:** ENG-1 - totals\n{ISSUE}/ENG-1/totals", mentions="ENG-1"),
    # ---- lines and sections that end what was said
    pr("statements in lower case, a line each", body="does not touch the api\ncloses eng-12", closes="ENG-12"),
    pr(
        "a last line below what is left",
        body="Totals.\n\n## Next steps\n- move the cache\n\nCloses ENG-1",
        closes="ENG-1",
    ),
    pr("a last line below a test plan", body="## Test plan\n- [ ] open the cart\n\nFixes ENG-1", closes="ENG-1"),
    pr(
        "what is left, in prose",
        body="Fixes ENG-1\n\n## Out of scope\n\nFixing ENG-2.",
        closes="ENG-1",
        mentions="ENG-2",
    ),
    pr("old things that go", body="Drops the old cache and fixes ENG-1", closes="ENG-1"),
    pr("removal as a subject", body="Removing the other lock fixes ENG-1", closes="ENG-1"),
    pr("one after the other without a comma", body="Closes ENG-1 closes ENG-2", closes="ENG-1 ENG-2"),
    pr("after a GitHub issue", body="Fixes #12 Fixes ENG-1", closes="ENG-1"),
    pr("fixed in this PR", body="Fixed in this PR:\n- ENG-1\n- ENG-2", closes="ENG-1 ENG-2"),
    pr("closed by this PR", body="### Tickets closed by this PR\n\n- ENG-1\n- ENG-2", closes="ENG-1 ENG-2"),
    pr("fixed by others", body="Fixed by:\n- ENG-3", mentions="ENG-3"),
    pr("not fixed here", body="## Not fixed here\n- ENG-1", mentions="ENG-1", branch="ada/eng-1-x"),
    pr("and, on the next line", body="Fixes ENG-1\nand ENG-2", closes="ENG-1 ENG-2"),
    pr("a question in parentheses", body="Fixes ENG-1 (why did nobody notice?)", closes="ENG-1"),
    pr("a question about an address", body=f"Does this fix {ISSUE}/ENG-1?", mentions="ENG-1"),
    pr("in scope", body="## Scope\n- fixes ENG-1", closes="ENG-1"),
    pr("contributes to, as a heading", body="### Contributes to\n\nENG-1", contributes="ENG-1"),
    pr("a refs heading", body="## Refs\n- ENG-1", branch="ada/eng-1-x", mentions="ENG-1"),
    pr("with another PR", body="Closes ENG-1 via #12", mentions="ENG-1"),
    pr("one list, two lines of it", body="Closes ENG-1, ENG-2\nand also ENG-3", closes="ENG-1 ENG-2 ENG-3"),
    pr("a list item with a denial", body="Closes:\n- ENG-1\n- not ENG-2", closes="ENG-1", mentions="ENG-2"),
    pr("a list item that is a part", body="Closes:\n- ENG-1\n- ENG-2 (partially)", closes="ENG-1", contributes="ENG-2"),
    pr("items that are conditions", body="Closes:\n- ENG-1 once deployed\n- ENG-2", closes="ENG-2", mentions="ENG-1"),
    pr("a table's cell", body="| Closes | ENG-1 |", mentions="ENG-1"),
    pr("an emoji's name", body=":bug: fixes ENG-1", closes="ENG-1"),
    pr("a signature behind", body="Closes ENG-1.\n\n—Ada", closes="ENG-1"),
    pr("a semicolon", body="Closes ENG-1; ENG-2", closes="ENG-1 ENG-2"),
    pr(
        "three denials",
        body="This doesn't fix ENG-1, it doesn't fix ENG-2 and doesn't fix ENG-3",
        mentions="ENG-1 ENG-2 ENG-3",
    ),
    pr("one denial for a list", body="Does not fix ENG-1, ENG-2 or ENG-3", mentions="ENG-1 ENG-2 ENG-3"),
    pr("a denial in a heading's list", body="Out of scope: closing ENG-1, fixing ENG-2", mentions="ENG-1 ENG-2"),
    pr("what a comment says", body="As Bo says in the review, this fixes ENG-1", closes="ENG-1"),
    pr("thus", body="The lock is taken first, thus fixing ENG-1", closes="ENG-1"),
    pr("thereby", body="Takes the lock first and thereby resolves ENG-1.", closes="ENG-1"),
    pr("an adverb", body="This permanently fixes ENG-1", closes="ENG-1"),
    pr("so", body="So this closes ENG-1", closes="ENG-1"),
    pr("merging", body="Merging this closes ENG-1", closes="ENG-1"),
    pr("plural subject", body="Both commits close ENG-1", closes="ENG-1"),
    pr("a note in capitals", body="NOTE: CLOSES ENG-1", closes="ENG-1"),
    pr("an empty list before the next", body="Closes:\n\nRelated: ENG-2", mentions="ENG-2"),
    pr("the same ticket twice in a list", body="Closes ENG-1, ENG-1", closes="ENG-1"),
    pr("a link's label says closes", body=f"[Closes ENG-1]({ISSUE}/ENG-1/x)", mentions="ENG-1"),
    pr("one hundred and one", body="Closes ENG-1 and 2 more", closes="ENG-1"),
    # ---- more of what people write
    pr("a dash before the word", body="Totals are right again - closed ENG-1", closes="ENG-1"),
    pr("partial, in parentheses", body="Fixes ENG-1 (partial)", contributes="ENG-1"),
    pr("a plan", body="Plan: fix ENG-1", mentions="ENG-1"),
    pr("what, why, how", body="**What**: totals\n**Why**: ENG-1\n**How**: fixes the cache", mentions="ENG-1"),
    pr(
        "a table of metadata",
        body="| | |\n|-|-|\n| Ticket | [ENG-1](" + ISSUE + "/ENG-1/x) |\n| Type | fix |",
        mentions="ENG-1",
    ),
    pr(
        "GitHub's closing of a key in its own words",
        body="This pull request was created to fix ENG-1",
        mentions="ENG-1",
    ),
    pr("the ticket's title is a question", body="Closes ENG-1: Why is the total wrong?", closes="ENG-1"),
    pr("the ticket's title in quotes", body='Fixes ENG-1 "Total is not right if empty"', closes="ENG-1"),
    pr("a title with a negation behind the key", body="Fixes ENG-1: checkout does not keep the coupon", closes="ENG-1"),
    pr("a title with a negation behind a dash", body="Closes ENG-1 - cart cannot be emptied", closes="ENG-1"),
    pr("a title before the key", body="Fixes checkout does not keep the coupon (ENG-1)", mentions="ENG-1"),
    pr(
        "bullets with titles that deny",
        body="Closes:\n- ENG-1: not shown\n- ENG-2 \u2013 when empty",
        closes="ENG-1 ENG-2",
    ),
    pr(
        "a bullet's title without a mark",
        body="Closes:\n- ENG-1 Coupon is lost\n- ENG-2 Cannot log in",
        closes="ENG-1 ENG-2",
    ),
    pr("a key of two teams", body="Fixes ENG-1/WEB-1", closes="ENG-1 WEB-1"),
    pr("and then prose", body="Fixes ENG-1 and the flaky test", closes="ENG-1"),
    pr("prose and then", body="Fixes the flaky test and ENG-1", mentions="ENG-1"),
    pr("closes with thanks", body="Closes ENG-1 :rocket: cc @bo", closes="ENG-1"),
    pr("mentioned by a person", body="@bo said ENG-1 is next, closes ENG-2", closes="ENG-2", mentions="ENG-1"),
    pr("design document", body="Implements the design in ENG-1", mentions="ENG-1"),
    pr("implements a ticket", body="Implements ENG-1 as designed in ENG-2", closes="ENG-1", mentions="ENG-2"),
    pr("completes a series", body="Completes ENG-1, the last one of ENG-5", closes="ENG-1", mentions="ENG-5"),
    pr("fixes a test of", body="Fix flaky test ENG-1", mentions="ENG-1"),
    pr("a branch named in the body", body="Built on ada/eng-1-cart", base="main"),
    pr("commits listed in code", body="```\n1a2b3c4 Fixes ENG-1\n```\n", branch="ada/eng-2", closes="ENG-2"),
    pr(
        "commits listed in a fold",
        body="<details><summary>Commits</summary>\n\n- Fixes ENG-1\n\n</details>\n\nCloses ENG-2",
        closes="ENG-2",
    ),
    pr(
        "screenshots", body='Fixes ENG-1\n\n<img width="10" alt="ENG-2" src="https://x.test/ENG-3.png">', closes="ENG-1"
    ),
    pr("a video", body="https://github.com/acme/web/assets/1/eng-1\n\nCloses ENG-2", closes="ENG-2"),
    pr("preview's address", body="Preview: https://eng-1-web.acme.test and https://acme.test/eng-1"),
    pr("a Slack link", body="From https://acme.slack.com/archives/C1/p1 about ENG-1", mentions="ENG-1"),
    pr("Notion's page", body="[Spec for ENG-1](https://notion.so/spec)", mentions="ENG-1"),
    pr(
        "a checklist of a template",
        body="- [x] My branch names the ticket (e.g. `eng-1-x`)\n- [ ] The PR closes its ticket\n\nENG-2",
        mentions="ENG-2",
    ),
    pr("all boxes unticked", body="- [ ] Closes ENG-1\n- [ ] Part of ENG-2", mentions="ENG-1 ENG-2"),
    pr(
        "two fixes for one",
        title="Second fix",
        body="The first fix for ENG-1 missed taxes. Closes ENG-1",
        closes="ENG-1",
    ),
    pr("a reopened one", body="ENG-1 was reopened; this fixes ENG-1 for good", closes="ENG-1"),
    pr("did not help", body="#10 did not fix ENG-1, this does", mentions="ENG-1"),
    pr("did not help, so", body="#10 did not fix ENG-1, this one closes ENG-1", closes="ENG-1"),
    pr(
        "contributes by a list",
        body="Contributes to ENG-1, ENG-2\nCloses ENG-3",
        closes="ENG-3",
        contributes="ENG-1 ENG-2",
    ),
    pr("part of a list with and", body="Part of ENG-1 and closes ENG-2", closes="ENG-2", contributes="ENG-1"),
    pr("fixes and mentions the same", body="See ENG-1. Fixes ENG-1.", closes="ENG-1", branch="ada/eng-1"),
    pr(
        "a note that it stays",
        body="Note: this does NOT close ENG-1",
        branch="ada/eng-1",
        title="ENG-1: x",
        contributes="ENG-1",
    ),
    pr(
        "epic in the branch, child in the body",
        branch="ada/eng-5-epic",
        body="Part of ENG-5, fixes ENG-6",
        closes="ENG-6",
        contributes="ENG-5",
    ),
    pr("in italics with colon", body="*Fixes*: *ENG-1*", closes="ENG-1"),
    pr("closing word in a link", body="[Fixes](https://x.test) ENG-1", closes="ENG-1"),
    pr("a footnote", body="Totals[^1]\n\n[^1]: see ENG-1", mentions="ENG-1"),
    pr("spaces in the brackets", body="Fixes [ ENG-1 ]", closes="ENG-1"),
    pr("two blanks and a tab", body="Fixes \t ENG-1", closes="ENG-1"),
    pr("a leading byte order mark", body="\ufeffFixes ENG-1", closes="ENG-1"),
    pr("a zero width space", body="Fixes\u200b ENG-1", closes="ENG-1"),
    pr("an old Mac's line ends", body="Fixes ENG-1\rFixes ENG-2", closes="ENG-1 ENG-2"),
    pr("full width letters are no key", body="Fixes \uff25\uff2e\uff27-1"),
    pr(
        "reverting in the body alone",
        title="Totals",
        body="Reverts acme/web#12",
        branch="ada/eng-1-out",
        mentions="ENG-1",
        contradicts="ENG-1",
    ),
    pr("undoing by number", title="Undo #12 (ENG-1)", mentions="ENG-1", contradicts="ENG-1"),
    pr("a rollback of a ticket", title="Roll back ENG-1", mentions="ENG-1", contradicts="ENG-1"),
    pr("rollback as a feature", title="Rollback of migrations", body="Closes ENG-1", closes="ENG-1"),
    pr("an undo feature", title="Undo for drafts (ENG-1)", body="Closes ENG-1", closes="ENG-1"),
    pr("reverting drafts as a feature", title="Reverting a draft keeps its text", body="Closes ENG-1", closes="ENG-1"),
    pr("a revert in lower case", title='revert "eng-1: totals"', mentions="ENG-1", contradicts="ENG-1"),
    pr("a revert of GitLab", title="Revert 'ENG-1 totals'", mentions="ENG-1", contradicts="ENG-1"),
    pr("a revert in a stack", title='Revert "ENG-1"', base="ada/eng-3", mentions="ENG-1", contradicts="ENG-1"),
    pr("a revert with an emoji", title='⏪ Revert "ENG-1 x"', mentions="ENG-1", contradicts="ENG-1"),
    pr(
        "a backport of a revert",
        title='[release/2.3] Revert "ENG-1 x"',
        base="release/2.3",
        mentions="ENG-1",
        contradicts="ENG-1",
    ),
    pr("a backport to a branch", title="Backport ENG-1 to 2.3", base="2.3", body="Fixes ENG-1", mentions="ENG-1"),
    pr("a copy in brackets with a number", title="[backport #12 to 2.3] Total", body="Closes ENG-1", mentions="ENG-1"),
    pr("CP", title="[CP 2.3] Total", body="Closes ENG-1", base="release-2.3", contributes="ENG-1"),
    pr(
        "a bot's copy",
        title="Total (#12)",
        body="# Backport\n\nThis will backport the following commits from `main` to `2.3`:\n - Closes ENG-1",
        base="2.3",
        mentions="ENG-1",
    ),
    pr("a pick in the body", body="Cherry-pick of #12.\n\nCloses ENG-1", mentions="ENG-1"),
    pr("dependency bots' branches by a person", branch="renovate/eng-1-pin", body="Closes ENG-2", mentions="ENG-1"),
    pr(
        "a release train",
        title="Release 2026-11-28",
        branch="develop",
        base="main",
        body="- ENG-1 totals (#12)\n- ENG-2 login (#13)",
        mentions="ENG-1 ENG-2",
    ),
    pr("into a fork's default", base="origin/main", branch="eng-1", closes="ENG-1"),
    pr("closes, and a list below an empty line", body="Closes\n\n- ENG-1\n- ENG-2", closes="ENG-1 ENG-2"),
    pr("a section that is only bold", body="**Fix**\n\n- ENG-1 drops the cache", mentions="ENG-1"),
    pr("a branch that ends with backport", branch="eng-1-backport-2.3", body="Fixes ENG-1", mentions="ENG-1"),
    pr("a branch about backports", branch="eng-1-backport-bot", body="Fixes ENG-1", closes="ENG-1"),
    pr("a backport behind its type", title="chore: backport totals to 2.3", body="Fixes ENG-1", mentions="ENG-1"),
    pr("a feature behind its type", title="feat: backport bot", body="Fixes ENG-1", closes="ENG-1"),
    pr("a modal beats the branch", branch="eng-1-x", body="This might fix ENG-1", mentions="ENG-1"),
    pr("later", body="Fix ENG-1 later", mentions="ENG-1"),
    pr("a step", body="Implements ENG-1 step 2", contributes="ENG-1"),
    pr("in the next one", body="Closes ENG-1 in the next PR", mentions="ENG-1"),
    pr("not fully", body="Fixes ENG-1, not fully", contributes="ENG-1"),
    pr("in part", body="Fixes ENG-1 in part", contributes="ENG-1"),
    pr("struck out in HTML", body="<del>Fixes ENG-1</del>", branch="eng-1-x", mentions="ENG-1"),
)
