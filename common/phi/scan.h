/*
 * The scanner: what in a text could identify a person. It cannot find every name, and says nothing of what it did not find; see ros-scan(1). A small
 * automaton finds shapes, a table of words keywords and names (rules.h); what is around a candidate and whether its digits can be right is looked at here. The
 * text is scanned as it is and as it reads when it is decoded (normalise.h). What it cannot scan in full is an error, not a text without findings.
 */
#ifndef ROS_PHI_SCAN_H
#define ROS_PHI_SCAN_H

#include "base/buf.h"
#include "base/err.h"
#include "phi/rules.h"

#define PHI_TEXT_MAX ((size_t)16 << 20)
#define PHI_FINDINGS_MAX 8192 /* of one text */

/* Possible: the shape alone, or its check failed. Likely: a keyword or a check speaks for it. Confirmed: both. */
enum phi_confidence { PHI_POSSIBLE, PHI_LIKELY, PHI_CONFIRMED };

struct phi_finding {
	const struct phi_rule *rule;
	enum phi_confidence confidence;
	size_t start, n; /* bytes of the text that was given */
};

struct phi_scanner; /* opaque */

struct phi_scanner *phi_scanner_new(void);
void phi_scanner_free(struct phi_scanner *s); /* NULL is fine */

/*
 * Scans the text. `key` is the JSON key that it stands under, or absent: its words are context. The findings, in the order of their start, are valid until
 * the next call; a finding inside a stronger or equal one is left out. -1: the text is too long or no UTF-8, or there is too much in it.
 */
int phi_scan(struct phi_scanner *s, struct str key, struct str text, const struct phi_finding **found, size_t *n, struct err *e);

const char *phi_confidence_name(enum phi_confidence c);

#endif
