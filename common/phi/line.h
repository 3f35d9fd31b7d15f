/*
 * A line through the scanner. A line that is a JSON text is taken string by string, each with its key as context, keys
 * and numbers too; any other is taken as text. The same way serves for reports and for filtering: what is passed on is
 * what was scanned.
 */
#ifndef ROS_PHI_LINE_H
#define ROS_PHI_LINE_H

#include "json/reader.h"
#include "phi/allow.h"
#include "phi/scan.h"
#include "phi/site.h"

#define PHI_LINE_MAX ((size_t)8 << 20) /* longest line, in bytes without its \n */

/* A finding and its place. Valid during the call that hands it out. */
struct phi_hit {
	const struct phi_finding *finding;
	struct str text;     /* that it is in, decoded; the finding's bytes count in it. It may be PHI: for fingerprints alone */
	const char *pointer; /* RFC 6901, undeclared keys as `?`; empty where the line is text or one scalar */
	bool in_key;         /* it is in the key, not in the value */
	size_t column;       /* in characters of the line, from 1: of the finding; of its string where that has escapes */
};

typedef void phi_sink(void *arg, const struct phi_hit *hit);

struct phi_line; /* opaque */

/* `site` and `allow` (NULL: none) are kept by reference. */
struct phi_line *phi_line_new(struct phi_site *site, const struct phi_allow *allow);
void phi_line_free(struct phi_line *l); /* NULL is fine */

/*
 * Hands what is found and not allowed to `sink`, in order. `last`: the line has no \n. Into `out` (NULL: not asked)
 * goes the line to be passed on, without \n: to the byte as it was where nothing was found, else with each finding
 * replaced by its label in brackets; JSON stays JSON. -1: out is of no use. ROS_INPUT: the line could not be scanned in
 * full, but what was found was told; ROS_REFUSED: there is a finding that cannot be taken out.
 */
int phi_line_take(struct phi_line *l, struct str line, bool last, phi_sink *sink, void *arg, struct buf *out, struct err *e);

#endif
