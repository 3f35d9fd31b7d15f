/*
 * The bus: one append-only stream with consumer groups, as Redis Streams have it. Two drivers with the same semantics:
 * Redis (7.0 commands, through hiredis' reader over a transport of our own) and a file (SQLite), so that all works with
 * no server. Waits are ours (poll), a dead server never raises SIGPIPE, a stop
 * (wait.h) ends the one wait that is for new entries. Every other call is finished although a stop has come, within its
 * deadline and what a stop grants, so that a batch in hand can be settled and acknowledged.
 */
#ifndef ROS_BUS_BUS_H
#define ROS_BUS_BUS_H

#include "base/err.h"
#include "base/str.h"
#include "bus/id.h"
#include "event/lines.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bus; /* opaque */

/* What a dead letter has of its entry. */
enum bus_keep {
	BUS_KEEP_ALL,
	BUS_KEEP_DIGEST, /* its fields, but data_sha256 in the place of `data` */
	BUS_KEEP_NOTHING,
};

/*
 * TLS of rediss://. The files are in PEM form and read for each connection, so that renewed ones are taken without a restart. Versions from 1.2 on; the
 * server's certificate and its host name are always verified.
 */
struct bus_tls {
	const char *ca;        /* certificates of who is trusted; NULL: the system's */
	const char *cert, *key; /* our own, with its chain, and its private key, which only its owner may read; both or none: NULL */
	bool required;         /* plain TCP is refused */
};

/* Everything is kept by reference while the bus is open. */
struct bus_settings {
	const char *url;      /* redis:// or rediss://[user[:password]@]host[:port][/db], unix:///path.sock, file:///path */
	const char *password; /* where the URL has none, or NULL */
	const char *stream;   /* ros:insights */
	const char *group;    /* ros:insights-workers */
	const char *dead;     /* the stream of dead letters: ros:insights:dead */
	int timeout_ms;       /* longest wait for a connection or a reply; an absolute deadline for each call */
	struct bus_tls tls;
};

/* The URL without user and password, for messages. */
void bus_name(const char *url, char *out, size_t size);

/*
 * Errors of every call: ROS_UNREACHABLE no connection, or it was lost (the bus stays usable: the next call connects
 * anew); ROS_LATER loading, out of memory, read-only, locked, no answer in time; ROS_CONFIG authentication, permission,
 * TLS, wrong type, unusable URL; ROS_IO disk. Texts name the server by bus_name().
 */
int bus_open(struct bus **b, const struct bus_settings *s, struct err *e);
void bus_close(struct bus *b); /* NULL is fine; what was not settled is dropped */

/* An entry as it came. Valid only during the callback. */
struct bus_entry {
	struct str id; /* "1769608800000-0" */
	const struct entry_field *fields;
	size_t n_fields;
	int64_t deliveries; /* how often it was delivered in the group, with this time; 0 without a group */
};

/* The value of a field, or the absent value. */
struct str bus_entry_get(const struct bus_entry *entry, const char *name);

/*
 * Called for each entry in order; returns 0 to go on, or -1 with *e filled to end the call with that error. It may
 * acknowledge and bury on the same bus, but neither read nor append there.
 */
typedef int bus_entry_fn(void *arg, const struct bus_entry *entry, struct err *e);

/*
 * Queues one entry for publishing; the fields are copied. It may be sent at once, but nothing is promised before bus_settle(), and no other call may come
 * in between.
 */
int bus_append(struct bus *b, const struct entry_field *fields, size_t n, struct err *e);

/* Called for each appended entry in order: its new id, or why it was refused (id is absent then). */
typedef void bus_reply_fn(void *arg, struct str id, const struct err *why);

/*
 * Sends what was appended and waits for every reply; the file driver commits and syncs. Afterwards nothing is queued.
 * -1: the connection failed, and the entries that had no reply were told so through `reply` as well: each appended
 * entry gets exactly one call.
 */
int bus_settle(struct bus *b, bus_reply_fn *reply, void *arg, struct err *e);

/* Makes the group, starting at 0, where it is missing; makes the stream as well. */
int bus_group_create(struct bus *b, struct err *e);

/*
 * Delivers to `consumer` up to `count` entries that no consumer of the group has had, waiting up to block_ms for the
 * first (0: do not wait). Returns how many came, 0 also when a stop (wait.h) came. An entry delivered is pending until
 * bus_ack(). A group that is missing is made, as by bus_group_create(). Where a stop ends a wait on Redis, the
 * connection is closed: what it was delivering stays pending, for bus_read_own().
 */
int bus_read_new(struct bus *b, const char *consumer, int count, int block_ms, bus_entry_fn *fn, void *arg,
                 struct err *e);

/*
 * Delivers again up to `count` of the consumer's own pending entries, with ids greater than `after` ("0": all), and
 * returns how many. Entries that were trimmed away have no fields, and stay pending until bus_ack().
 */
int bus_read_own(struct bus *b, const char *consumer, struct str after, int count, bus_entry_fn *fn, void *arg,
                 struct err *e);

/*
 * Takes over for `consumer` up to `count` pending entries that were idle for min_idle_ms. *cursor ("0-0" at first, room
 * for 48 bytes) is carried from call to call; it is "0-0" again when the whole list was seen. Ids of others that were
 * idle for so long and are no longer in the stream are given to `lost`, by every claim until bus_ack(), so that a report
 * that does not arrive is made again; those of `consumer` itself come by bus_read_own(). Returns how many entries came:
 * none does not mean that the list was seen.
 */
typedef void bus_lost_fn(void *arg, struct str id);
int bus_claim(struct bus *b, const char *consumer, int64_t min_idle_ms, char *cursor, int count, bus_entry_fn *fn,
              bus_lost_fn *lost, void *arg, struct err *e);

/*
 * Entries with from <= id <= to ("-" and "+" are the ends; "MS" alone is completed as Redis does; "(ID" excludes it),
 * at most count, and returns how many: no group, nothing consumed.
 */
int bus_range(struct bus *b, struct str from, struct str to, int count, bus_entry_fn *fn, void *arg, struct err *e);

/* As bus_range(), but the newest first: the last `count` entries of the range. */
int bus_range_back(struct bus *b, struct str from, struct str to, int count, bus_entry_fn *fn, void *arg, struct err *e);

/*
 * Entries from `from` on, as bus_range() has it, waiting for the first as bus_read_new() does: no group, nothing consumed. Returns how many came, 0 also when a stop
 * (wait.h) came.
 */
int bus_follow(struct bus *b, struct str from, int count, int block_ms, bus_entry_fn *fn, void *arg, struct err *e);

/* Acknowledges; returns how many of them were pending. */
int bus_ack(struct bus *b, const struct str *ids, size_t n, struct err *e);

/*
 * Moves one pending entry to the dead letters: what is kept of its fields, and then reason, original_id, in one transaction with the
 * acknowledgement.
 * An entry that is gone from the stream is only acknowledged; one that is not pending (any more) is left alone. Returns 1 where it
 * was pending, else 0.
 */
int bus_dead(struct bus *b, struct str id, struct str reason, enum bus_keep keep, struct err *e);

/* As bus_range(), of the dead letters; letter.h reads what comes. */
int bus_dead_range(struct bus *b, struct str from, struct str to, int count, bus_entry_fn *fn, void *arg, struct err *e);

/*
 * Publishes the entry of a dead letter again, as a new entry with the same fields, and removes the letter, in one transaction. Error
 * ROS_REFUSED, which names the letter: there is none, or its data was not kept.
 */
int bus_dead_requeue(struct bus *b, struct str id, struct err *e);

/* Removes a dead letter. Error ROS_REFUSED: there is none. */
int bus_dead_drop(struct bus *b, struct str id, struct err *e);

struct bus_info {
	int64_t length;  /* entries in the stream */
	int64_t pending; /* in the group */
	int64_t dead;    /* entries in the dead-letter stream */
	bool group;      /* the group exists */
};

int bus_info(struct bus *b, struct bus_info *info, struct err *e);

struct bus_stream {
	bool there;                         /* it has had an entry, or has a group */
	int64_t groups;                     /* how many */
	char first[ID_TEXT], last[ID_TEXT]; /* ids of the oldest and the newest entry; empty where there is none */
};

int bus_stream(struct bus *b, struct bus_stream *stream, struct err *e);

struct bus_consumer {
	struct str name;
	int64_t pending;
	int64_t idle_ms; /* since the bus last heard of it; the file bus: since it last gave it something that is still pending */
};

struct bus_group {
	struct str name;
	struct str delivered;                 /* id of the last entry that was given out; "0-0": none yet */
	int64_t waiting;                      /* entries behind it; -1: too many to be counted */
	int64_t pending;                      /* entries that were given out and are not acknowledged */
	struct str oldest;                    /* id of the oldest of them; absent: none is pending */
	int64_t oldest_idle_ms;               /* since that was last given out */
	const struct bus_consumer *consumers; /* by name; the file bus knows only those that have something pending */
	size_t n_consumers;
};

/* Called for each group of the stream, by name; returns 0 to go on, or -1 with *e filled. It may not use the bus. */
typedef int bus_group_fn(void *arg, const struct bus_group *group, struct err *e);

/*
 * Returns how many groups. What waits is counted, since Redis' own lag is wrong after a trim and unknown after a deletion; on Redis that
 * means to read it, or what lies before it, whichever is shorter: up to 100,000 entries, for each group.
 */
int bus_groups(struct bus *b, bus_group_fn *fn, void *arg, struct err *e);

/* Settings of the server, as it words them, which decide what may be lost. Empty: unknown, it does not tell. */
struct bus_server {
	char appendonly[16], appendfsync[16], maxmemory_policy[32];
};

/* 1: there is a server; 0: there is none, since the bus is a file. */
int bus_server(struct bus *b, struct bus_server *server, struct err *e);

/*
 * Whether the server would take an entry now, without giving it one: 0, or -1 with the error that an entry would be refused with (full, read-only,
 * a disk that cannot be written). Asked by an XADD with NOMKSTREAM to a stream that nobody makes, the stream's name and ":probe"; of a user who may not
 * do that, by INFO, which does not know all of it. ROS_CONFIG: who asks may do neither. A file: 0.
 */
int bus_writable(struct bus *b, struct err *e);

/*
 * Asks the server one command that only reads, for what the calls here do not know. 1: answered, and wire.h walks *reply; 0: there is no server,
 * since the bus is a file. -1: where the server refused, *reply holds its error.
 */
struct reply;
int bus_query(struct bus *b, const struct str *args, size_t n, struct reply *reply, struct err *e);

/*
 * Removes the entries that were published before before_ms (INT64_MAX: at any time) and that every group has had and acknowledged;
 * nothing that a group still needs, and nothing at all where there is no group. Returns how many.
 */
int64_t bus_trim(struct bus *b, int64_t before_ms, struct err *e);

#endif
