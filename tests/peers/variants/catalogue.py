"""All variants: their names, and how each differs from a certificate that is as good as can be."""

import dates
import extensions
import frame
import keys
import names
import signatures


def variants():
    yield "plain", {}
    for module in (keys, names, dates, extensions, signatures, frame):
        yield from module.variants()
