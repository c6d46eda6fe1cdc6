"""Emoji by their short names."""

import re

_EMOJI = """
+1=👍 -1=👎 birthday=🎂 cake=🍰 clap=👏 climbing=🧗 confused=😕 crossed_fingers=🤞 dog=🐶 eyes=👀 fire=🔥 flag-es=🇪🇸
grimacing=😬 heart=💜 heart_eyes=😍 heavy_plus_sign=✚ joy=😂 raised_hands=🙌 rocket=🚀 rotating_light=🚨 see_no_evil=🙈
ship=🚢 slow_clap=👏 smile=😄 smiling_imp=😈 speak_no_evil=🙊 sunrise=🌅 tada=🎉 tea=🍵 unamused=😒 warning=🚧 wave=👋
white_check_mark=✅ x=❌
"""
EMOJI = dict(pair.split("=") for pair in _EMOJI.split())
"""Those that the demo's people use; any other stays the word that it is."""


def with_emoji(text: str) -> str:
    """A text with its short names replaced."""
    return re.sub(r":([a-z0-9_+-]+):", lambda match: EMOJI.get(match[1], match[0]), text)
