/*
 * What the prompts of the sample were answered, in all of the scope: the usual output of each, by version of a model, and how often it came. What makes prompts
 * equal is what ros-stability takes: mode, prompt hash, provider, model, version, parameters; calls without success, or without both hashes, do not count.
 */
#ifndef ROS_LIT_ANSWERS_H
#define ROS_LIT_ANSWERS_H

#include "lit/sample.h"

/* A version of a model. */
struct lit_version {
	struct str provider, model, version; /* the last may be absent */
	int64_t calls;
};

/* The answers of one version to one prompt. */
struct lit_answers {
	uint32_t prompt, version;
	int64_t calls, outputs, usual_calls; /* all; different outputs; with the usual one: the most frequent, of several the one that came first */
	int64_t usual_rowid;                 /* of a call with it */
};

struct lit_prompts {
	struct intern *names;
	struct lit_version *versions;
	size_t n_versions;
	struct lit_answers *v; /* in order of prompt, then version */
	size_t n;
};

/* Numbers the prompts and versions of the picks, and reads all calls with these prompts. lit_prompts_free() is due also after an error. */
int lit_prompts_read(struct lit_prompts *p, struct db *db, const struct lit_scope *scope, struct lit_sample *sample, struct err *e);
void lit_prompts_free(struct lit_prompts *p);

/* The answers to a prompt by a version; NULL: none. */
const struct lit_answers *lit_answers_to(const struct lit_prompts *p, uint32_t prompt, uint32_t version);

#endif
