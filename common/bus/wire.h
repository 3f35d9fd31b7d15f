/*
 * Requests to Redis and its replies (RESP 2), over one connection that is made anew where it was lost. A reply is a
 * flat list of values, kept in memory from reply to reply, so that a steady state allocates nothing; a place in it
 * moves forward only.
 */
#ifndef ROS_BUS_WIRE_H
#define ROS_BUS_WIRE_H

#include "base/buf.h"
#include "base/err.h"
#include "bus/bus.h"
#include "bus/url.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum reply_type { REPLY_NIL, REPLY_TEXT, REPLY_INT, REPLY_LIST, REPLY_ERROR };

struct reply_value {
	enum reply_type type;
	int64_t number; /* REPLY_INT: the value; REPLY_LIST: how many items follow */
	size_t at, n;   /* REPLY_TEXT, REPLY_ERROR: bytes in the reply's text */
};

struct reply {
	struct reply_value *v;
	size_t n, cap;
	struct buf text;
};

void reply_init(struct reply *r);
void reply_free(struct reply *r);
void reply_clear(struct reply *r); /* keeps the memory */

/* A place in a reply. */
struct reply_at {
	const struct reply *r;
	size_t i;
};

struct reply_at reply_start(const struct reply *r);

/*
 * Each takes the value that stands there, whatever it is, and moves behind it (reply_list: to its first item). What is
 * of another type gives the absent value, 0, or an empty list.
 */
struct str reply_text(struct reply_at *at);
int64_t reply_int(struct reply_at *at);
int64_t reply_list(struct reply_at *at);
void reply_skip(struct reply_at *at);

/* Adds to the text of a reply that is an error. */
void reply_append(struct reply *r, struct str text);

/* Whether it is an error that starts with `prefix`. */
bool reply_fails(const struct reply *r, const char *prefix);

/* -1 and *e, where it is an error; its class is that of bus.h. */
int reply_check(const struct reply *r, const char *server, struct err *e);

/* Appends one request: its number of arguments first, then each. */
void request_begin(struct buf *out, size_t n_args);
void request_arg(struct buf *out, struct str arg);
void request_add(struct buf *out, const struct str *args, size_t n);

/* Reads one request back, and moves behind it: its first arguments, up to `max`. Returns how many. */
size_t request_read(struct str *requests, struct str *args, size_t max);

struct wire; /* opaque */

/* All is kept by reference: the URL of the settings in parts, the server's name, and of the settings the time-out, TLS, and the password, which stands in where the URL has none. */
struct wire *wire_new(const struct url *url, const char *server, const struct bus_settings *s);
void wire_free(struct wire *w); /* NULL is fine */

/* Starts a call: its deadline; a connection, with AUTH and SELECT, where there is none in order. */
int wire_begin(struct wire *w, struct err *e);

/*
 * Sends requests, by reference until their n_replies have come, which wire_reply() takes one by one. An error closes
 * the connection.
 */
void wire_send(struct wire *w, struct str requests, size_t n_replies);
int wire_reply(struct wire *w, struct reply *r, struct err *e);

/*
 * After wire_begin(): sends what the connection takes of the requests now, without waiting; returns how many bytes, or -1 where the connection is lost.
 * wire_send() goes on with the rest and counts all replies; it gives the call its whole time again.
 */
ssize_t wire_push(struct wire *w, struct str requests, struct err *e);

/*
 * Waits up to ms longer than the deadline for a reply to come, and moves the deadline. 1: wire_reply() is next. 0: a
 * stop (wait.h) came, and the connection was closed.
 */
int wire_await(struct wire *w, int ms, struct err *e);

#endif
