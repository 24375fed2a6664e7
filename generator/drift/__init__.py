"""Find where the real API and `spec/` differ, and write the overlay that corrects `spec/`.

`source` reads what tells of the real API: a log of `plexy_pay.drift` or the vendor's OpenAPI export, which `foreign`
brings into the model. `observing` and `comparing` ask the model of both sides and make findings with edits. `overlay`
makes an OpenAPI Overlay of the edits, `proposing` tries it out, and `report` tells people.
"""
