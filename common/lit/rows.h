/* The tables of a bundle, filled. */
#ifndef ROS_LIT_ROWS_H
#define ROS_LIT_ROWS_H

#include "lit/answers.h"
#include "lit/bundle.h"
#include "lit/lit.h"
#include "lit/schema.h"

#define LIT_VERSIONS_MAX 16 /* versions with a model of their own: those that answered most calls */

struct lit_content {
	struct db *db;
	struct lit_bundle *bundle;
	const struct lit_schema *schema;
	const struct lit_sample *sample;
	struct lit_prompts *prompts;
	const struct lit_worse *worse;
	size_t n_worse;
	int64_t n_prompts; /* rows of prompts; 0: these tables are not there */
	uint32_t versions[LIT_VERSIONS_MAX]; /* those with a model, in the order of their files */
	size_t n_versions;
};

/* Writes the calls and what happened. What fails in the bundle stays there; -1: the database failed. */
int lit_write_calls(struct lit_content *c, struct err *e);

/* Writes the prompts that were asked at least twice, and what each version answered; nothing where there are none. */
int lit_write_prompts(struct lit_content *c, struct err *e);

#endif
