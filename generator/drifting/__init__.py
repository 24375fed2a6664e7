"""Drift: where the real API and `spec/` differ, and the patch to `spec/` that follows from it.

`source` reads what tells of the real API: a log of `plexy_pay.drift` or the vendor's OpenAPI export. `observing` and
`comparing` turn it into findings, `patching` makes edits of files of them, and `report` tells people.
"""
