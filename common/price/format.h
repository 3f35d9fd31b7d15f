/* The formats of price maps, as map.c sees them: one file and one row of its table each. */
#ifndef ROS_PRICE_FORMAT_H
#define ROS_PRICE_FORMAT_H

#include "base/err.h"
#include "base/map.h"
#include "base/str.h"
#include "json/reader.h"
#include "price/rates.h"

#include <stdbool.h>
#include <stdint.h>

struct price_document {
	struct json_reader *reader;
	const struct json *root;
	const char *file;  /* for messages */
	struct map *index; /* the format's own */
};

/* A request, as far as its prices depend on it. */
struct price_query {
	struct str provider, model;
	int64_t at_ms;
	int64_t context; /* rates_context() */
};

struct price_format {
	/* Whether the document looks like one of this format. */
	bool (*is)(const struct price_document *d);
	/* Checks every price of it, and makes the index. Errors (ROS_INPUT) name the place. */
	int (*open)(struct price_document *d, struct err *e);
	/* The prices of exactly this model. False: it is not there. */
	bool (*find)(const struct price_document *d, const struct price_query *q, struct rates *rates);
};

extern const struct price_format price_litellm, price_genai;

/* Error ROS_INPUT: what is wrong with the value at v. Returns -1. */
int price_fail(const struct price_document *d, const struct json *v, const char *what, struct err *e);

#endif
