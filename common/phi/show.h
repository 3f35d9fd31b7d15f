/*
 * Findings as lines for people, as JSON lines, and as one SARIF 2.1.0 log. None of them holds a value, a part of it or a hash of it: a hash of a number of nine digits
 * is undone in seconds.
 */
#ifndef ROS_PHI_SHOW_H
#define ROS_PHI_SHOW_H

#include "io/out.h"
#include "phi/scan.h"

enum phi_format { PHI_HUMAN, PHI_JSONL, PHI_SARIF };

struct phi_place {
	const char *file, *pointer; /* pointer: empty in text that is no JSON */
	uint64_t line;
	size_t column; /* in bytes, from 1: of the value in JSON, of the finding in text */
};

#define PHI_FINGERPRINT 25 /* 24 hex digits and NUL */

/*
 * The same for the same finding in later versions of the file: over rule, file, pointer and what is around it with every letter as x and every digit
 * as 9, the finding too.
 */
void phi_fingerprint(const struct phi_place *at, const struct phi_finding *f, struct str text, char out[PHI_FINGERPRINT]);

struct phi_show {
	struct out *out;
	enum phi_format format;
	bool some; /* of SARIF: a result is written */
};

/* Once before and once after all findings. */
void phi_show_begin(struct phi_show *s);
void phi_show_end(struct phi_show *s);
void phi_show(struct phi_show *s, const struct phi_place *at, const struct phi_finding *f, const char *fingerprint);

#endif
