/*
 * Findings as lines for people, as JSON lines, and as one SARIF 2.1.0 log. None of them holds a value, a part of it or
 * a hash of it: a hash of a number of nine digits is undone in seconds.
 */
#ifndef ROS_PHI_SHOW_H
#define ROS_PHI_SHOW_H

#include "io/out.h"
#include "phi/line.h"

#define PHI_FINGERPRINT 25 /* 24 hex digits and NUL */

/* What is shown of one finding. */
struct phi_shown {
	const char *file; /* UTF-8 without control characters */
	uint64_t line;    /* from 1 */
	const struct phi_hit *hit;
	char fingerprint[PHI_FINGERPRINT];
};

/*
 * Fills the fingerprint in, which is the same for the same finding in later versions of the file: over rule, file,
 * pointer and what is around it with every letter as x and every digit as 9, the finding too.
 */
void phi_fingerprint(struct phi_shown *f);

/* An output format: one file and one line of the table. Each appends to an empty buffer. */
struct phi_format {
	const char *name;
	void (*begin)(struct buf *b, const struct phi_site *site);                     /* NULL: nothing */
	void (*finding)(struct buf *b, const struct phi_site *site, const struct phi_shown *f, bool first); /* `first` of all */
	void (*end)(struct buf *b, bool complete);                                     /* NULL: nothing; `complete`: all was scanned */
};

extern const struct phi_format phi_format_human, phi_format_jsonl, phi_format_sarif;

#endif
