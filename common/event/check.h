/*
 * A JSON value against the table of its schema, in one walk over its nodes. Every event type of the contract is checked here; callers use event.h and
 * summary.h.
 */
#ifndef ROS_EVENT_CHECK_H
#define ROS_EVENT_CHECK_H

#include "base/str.h"
#include "event/schema.h"
#include "json/reader.h"

#include <stdbool.h>
#include <stdint.h>

struct check {
	const struct schema *schema;
	const struct json_reader *reader;
	const struct json *root;
	const struct json **field; /* room for schema->n_fields, all NULL: the walk sets those that are there and not null */
	struct json_fault *fault;

	int minor;                 /* found: of schema_version; 0 where it is absent */
	bool undeclared;           /* found: members that the schema does not declare */
};

/* True: the value is valid, and what is to be found is set. False: *c->fault is filled, as event_check() says. */
bool check_run(struct check *c);

/* Fills *c->fault for the value v inside the root: for a rule that the schema cannot say. Returns false. */
bool check_fail(const struct check *c, const struct json *v, const char *rule);

/* The minor version of a document of major 1; 0 where it says none. */
int check_minor(const struct json_reader *r, const struct json *root);

/*
 * The declared member of the object with that key, or -1, for a document of that minor version. Members are mostly in one order, so the search begins
 * at *hint, which is 0 at first and moves along.
 */
int check_member(const struct schema *s, int minor, const struct schema_field *object, struct str key, uint16_t *hint);

/* The rule that the number breaks, or NULL. */
const char *check_number_rule(const struct schema_field *f, struct str number);

/* A valid integer of a field, or `otherwise` where v is NULL. */
int64_t check_int(const struct json *v, int64_t otherwise);

#endif
