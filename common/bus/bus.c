/*
 * The bus, before the drivers: which driver a URL means, the checks that both share.
 *   id.c  entry ids            url.c   bus URLs            letter.c  dead letters
 *   redis.c  commands  <-  wire.c  requests and replies  <-  transport.c  bytes over unix and tcp sockets
 *   file.c   the same in SQLite  <-  fields.c  fields as one blob, place.c  where the file may lie
 * and beside each, *_dead.c its dead letters, *_state.c what is to be known of the stream.
 * Above it stand
 *   setup.c  which bus it is       publish.c  to the bus, or to queue.c, the local queue; with producer.c's numbers
 *   carry.c  entries as envelopes  look.c  entries for the eye  <-  format.c
 *   consumer.c  names by locks     pace.c  how many at a time   backoff.c  when to try again
 */
#include "bus/bus.h"

#include "base/mem.h"
#include "bus/driver.h"

void bus_name(const char *url, char *out, size_t size)
{
	url_name(url, out, size);
}

int bus_open(struct bus **out, const struct bus_settings *s, struct err *e)
{
	*out = NULL;
	struct url url;
	if (url_parse(s->url, &url, e) < 0) {
		url_free(&url);
		return -1;
	}
	const struct bus_driver *driver = url.scheme == URL_FILE ? &file_driver : &redis_driver;
	struct bus *b = driver->make();
	b->driver = driver;
	b->s = *s;
	b->url = url; /* now the bus's */
	url_name(s->url, b->name, sizeof b->name);
	if (driver->connect(b, e) < 0) {
		bus_close(b);
		return -1;
	}
	*out = b;
	return 0;
}

void bus_close(struct bus *b)
{
	if (!b)
		return;
	url_free(&b->url);
	free(b->ids);
	b->driver->close(b);
}

struct str bus_entry_get(const struct bus_entry *entry, const char *name)
{
	for (size_t i = 0; i < entry->n_fields; i++)
		if (str_is(entry->fields[i].name, name))
			return entry->fields[i].value;
	return (struct str){ NULL, 0 };
}

static int bad_id(struct err *e)
{
	return err_set(e, ROS_INPUT, "not an entry id");
}

int bus_append(struct bus *b, const struct entry_field *fields, size_t n, struct err *e)
{
	if (n == 0)
		return err_set(e, ROS_INPUT, "an entry without fields");
	return b->driver->append(b, fields, n, e);
}

int bus_settle(struct bus *b, bus_reply_fn *reply, void *arg, struct err *e)
{
	return b->driver->settle(b, reply, arg, e);
}

int bus_group_create(struct bus *b, struct err *e)
{
	return b->driver->group_create(b, e);
}

int bus_read_new(struct bus *b, const char *consumer, int count, int block_ms, bus_entry_fn *fn, void *arg,
                 struct err *e)
{
	return count < 1 ? 0 : b->driver->read_new(b, consumer, count, block_ms, fn, arg, e);
}

int bus_read_own(struct bus *b, const char *consumer, struct str after, int count, bus_entry_fn *fn, void *arg,
                 struct err *e)
{
	struct entry_id id;
	if (!id_parse(after, 0, &id))
		return bad_id(e);
	return count < 1 ? 0 : b->driver->read_own(b, consumer, id, count, fn, arg, e);
}

int bus_claim(struct bus *b, const char *consumer, int64_t min_idle_ms, char *cursor, int count, bus_entry_fn *fn,
              bus_lost_fn *lost, void *arg, struct err *e)
{
	struct entry_id id;
	if (!id_parse(str_of(cursor), 0, &id))
		return bad_id(e);
	int n = count < 1 ? 0 : b->driver->claim(b, consumer, min_idle_ms, &id, count, fn, lost, arg, e);
	if (n >= 0)
		id_format(id, cursor);
	return n;
}

static int range(struct bus *b, bool dead, struct str from, struct str to, bool back, int count, bus_entry_fn *fn, void *arg,
                 struct err *e)
{
	struct entry_id first, last;
	if (!id_parse_from(from, &first) || !id_parse_to(to, &last))
		return bad_id(e);
	return count < 1 ? 0 : b->driver->range(b, dead, first, last, back, count, fn, arg, e);
}

int bus_range(struct bus *b, struct str from, struct str to, int count, bus_entry_fn *fn, void *arg, struct err *e)
{
	return range(b, false, from, to, false, count, fn, arg, e);
}

int bus_range_back(struct bus *b, struct str from, struct str to, int count, bus_entry_fn *fn, void *arg, struct err *e)
{
	return range(b, false, from, to, true, count, fn, arg, e);
}

int bus_dead_range(struct bus *b, struct str from, struct str to, int count, bus_entry_fn *fn, void *arg, struct err *e)
{
	return range(b, true, from, to, false, count, fn, arg, e);
}

int bus_follow(struct bus *b, struct str from, int count, int block_ms, bus_entry_fn *fn, void *arg, struct err *e)
{
	struct entry_id first;
	if (!id_parse_from(from, &first))
		return bad_id(e);
	return count < 1 ? 0 : b->driver->follow(b, first, count, block_ms, fn, arg, e);
}

int bus_ack(struct bus *b, const struct str *ids, size_t n, struct err *e)
{
	if (n > b->ids_cap) {
		b->ids = mem_grow(b->ids, n, sizeof *b->ids);
		b->ids_cap = n;
	}
	for (size_t i = 0; i < n; i++)
		if (!id_parse(ids[i], 0, &b->ids[i]))
			return bad_id(e);
	return n > 0 ? b->driver->ack(b, b->ids, n, e) : 0;
}

int bus_dead(struct bus *b, struct str id, struct str reason, enum bus_keep keep, struct err *e)
{
	struct entry_id parsed;
	if (!id_parse(id, 0, &parsed))
		return bad_id(e);
	return b->driver->dead(b, parsed, reason, keep, e);
}

/* What a driver's call came to that found a letter, or did not (0). */
static int found(int rc, struct str id, struct err *e)
{
	return rc == 0 ? err_set(e, ROS_REFUSED, "there is no dead letter %.*s", STR_ARG(id)) : rc < 0 ? -1 : 0;
}

int bus_dead_requeue(struct bus *b, struct str id, struct err *e)
{
	struct entry_id parsed;
	return id_parse(id, 0, &parsed) ? found(b->driver->requeue(b, parsed, e), id, e) : bad_id(e);
}

int bus_dead_drop(struct bus *b, struct str id, struct err *e)
{
	struct entry_id parsed;
	return id_parse(id, 0, &parsed) ? found(b->driver->drop(b, parsed, e), id, e) : bad_id(e);
}

int bus_info(struct bus *b, struct bus_info *info, struct err *e)
{
	*info = (struct bus_info){ 0 };
	return b->driver->info(b, info, e);
}

int bus_stream(struct bus *b, struct bus_stream *stream, struct err *e)
{
	*stream = (struct bus_stream){ 0 };
	return b->driver->stream(b, stream, e);
}

int bus_groups(struct bus *b, bus_group_fn *fn, void *arg, struct err *e)
{
	return b->driver->groups(b, fn, arg, e);
}

int bus_server(struct bus *b, struct bus_server *server, struct err *e)
{
	*server = (struct bus_server){ 0 };
	return b->driver->server ? b->driver->server(b, server, e) : 0;
}

int bus_writable(struct bus *b, struct err *e)
{
	return b->driver->writable ? b->driver->writable(b, e) : 0;
}

int bus_query(struct bus *b, const struct str *args, size_t n, struct reply *reply, struct err *e)
{
	return b->driver->query ? b->driver->query(b, args, n, reply, e) : 0;
}

int64_t bus_trim(struct bus *b, int64_t before_ms, struct err *e)
{
	struct entry_id below = { before_ms > 0 ? (uint64_t)before_ms : 0, 0 };
	return b->driver->trim(b, before_ms == INT64_MAX ? ID_MAX : below, e);
}

void consumer_list_add(struct consumer_list *l, struct bus_consumer consumer)
{
	if (l->n == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 8;
		l->v = mem_grow(l->v, l->cap, sizeof *l->v);
	}
	consumer.name.p = mem_strdup(consumer.name);
	l->v[l->n++] = consumer;
}

void consumer_list_free(struct consumer_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free((char *)l->v[i].name.p);
	free(l->v);
	*l = (struct consumer_list){ 0 };
}
