"""Problems in the JSON format of VROOM (its docs/API.md), solved or checked by Towline, and answers in that format."""
