/*
 * What a tool lists, record after record, for programs and for people from one description: as JSON each is an object on a line, otherwise
 * a row of a table, or a line a member.
 */
#ifndef ROS_JSON_LISTING_H
#define ROS_JSON_LISTING_H

#include "io/out.h"
#include "json/writer.h"

#include <stdbool.h>
#include <stdint.h>

struct listing {
	struct out *out;
	bool json;
	struct json_writer writer; /* as JSON: of the open object, for members that only JSON has */
	struct buf text, head;     /* of the record; of the table */
	bool headed;               /* the table's head is printed */
};

void listing_init(struct listing *r, struct out *out, bool json);
void listing_free(struct listing *r);

/* A record is begun, gets its members, and is printed by listing_end(); an error is then the output's, which tool_end() says. */
void listing_begin(struct listing *r);
void listing_end(struct listing *r);

/*
 * A member. With a width all members of the record are cells of one row, below a head with their names; a width of 1 is for the last.
 * What is not known, an empty text or a number below 0, is null in JSON and a dash in text.
 */
void listing_text(struct listing *r, const char *name, int width, const char *text);
void listing_int(struct listing *r, const char *name, int width, int64_t v);
void listing_bool(struct listing *r, const char *name, int width, bool v);

#endif
