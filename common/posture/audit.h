/*
 * The posture of a bus, as findings. A check is a row of a table: what is wrong where it finds something, the section of the HIPAA Security Rule
 * (45 CFR part 164, subpart C) that it is about, how to mend it, and a function over the facts. checks_*.c have the rows, audit.c runs them, show.h
 * prints what came of it.
 */
#ifndef ROS_POSTURE_AUDIT_H
#define ROS_POSTURE_AUDIT_H

#include "base/buf.h"
#include "posture/facts.h"

enum severity { SEVERITY_NOTE, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL };

extern const char *const severity_names[]; /* in this order, NULL at the end */

/* CHECK_UNSEEN: it cannot be told, for lack of rights, or from a connection at all. It counts as what it could have found. */
enum check_state { CHECK_PASSED, CHECK_FOUND, CHECK_UNSEEN };

struct finding {
	const struct check *check;
	enum check_state state;
	enum severity severity; /* the check's, unless its function knows better */
	struct buf evidence;    /* what was seen, whatever the state; UTF-8 without control characters */
};

typedef enum check_state check_fn(const struct posture *f, struct finding *out);

struct check {
	const char *id;
	enum severity severity;
	int needs;         /* sources: where one is missing, the function is not asked */
	const char *title; /* what is wrong, where it is */
	const char *hipaa, *remedy;
	check_fn *run;
};

/* Of a server: who gets in and what they may; what a crash or a full memory costs. Of any bus: stream and groups. Of a file. Each ends with a row of zeros. */
extern const struct check access_checks[], keep_checks[], stream_checks[], file_checks[];

#define FINDINGS_MAX 48

struct audit {
	struct finding v[FINDINGS_MAX]; /* one for each check that is about this kind of bus */
	size_t n;
};

void audit_run(struct audit *a, const struct posture *f);
void audit_free(struct audit *a);

/* For the checks: adds "NAME value" to the evidence, of the configuration or of INFO; what the server has not is said to be absent. */
void finding_config(struct finding *out, const struct posture *f, const char *name);
void finding_info(struct finding *out, const struct posture *f, const char *name);

static inline enum check_state check_found(bool is)
{
	return is ? CHECK_FOUND : CHECK_PASSED;
}

/* How many are so severe, or more, and not passed. */
size_t audit_count(const struct audit *a, enum severity at_least);

#endif
