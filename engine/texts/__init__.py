"""What Towline says to people, in their language: texts by code, with variables."""

from engine.texts.say import Language, reason, said

__all__ = ["Language", "reason", "said"]
