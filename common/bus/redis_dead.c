/*
 * Dead letters on Redis. Each move is one MULTI. A command that fails in it does not hold back the others, so what can be known to fail is
 * asked beforehand.
 */
#include "bus/redis.h"

/*
 * Whether the entry is pending, and the entry itself in b->answer. XLEN says beforehand that the dead letters are a
 * stream: in the transaction a failed XADD would not hold back the XACK. 1: pending; 0: not.
 */
static int look_up(struct redis_bus *b, struct str id, struct err *e)
{
	redis_compose(b);
	REQUEST(b, STR("XLEN"), dead_of(b));
	REQUEST(b, STR("XPENDING"), stream_of(b), group_of(b), id, id, STR("1"));
	REQUEST(b, STR("XRANGE"), stream_of(b), id, id);
	if (redis_ask(b, &b->answer, e) < 0 || redis_reply(b, &b->answer, e) < 0)
		return -1;
	bool no_group = redis_group_missing(&b->answer);
	if (!no_group && reply_check(&b->answer, b->base.name, e) < 0)
		return -1;
	struct reply_at at = reply_start(&b->answer);
	bool pending = reply_list(&at) > 0;
	return redis_take(b, &b->answer, e) < 0 ? -1 : pending;
}

/* The fields of b->burial as a new entry. */
static void compose_xadd(struct redis_bus *b, struct str stream)
{
	redis_request_xadd(&b->out, stream, b->burial.v, b->burial.n);
	b->requests++;
}

/* Composes the transaction from the entry in b->answer; where that is gone, only the acknowledgement is left. Says whether it is there. */
static bool compose_burial(struct redis_bus *b, struct str id, struct str reason, enum bus_keep keep)
{
	char hash[SHA256_TEXT];
	struct reply_at at = reply_start(&b->answer);
	bool there = reply_list(&at) > 0;
	redis_compose(b);
	REQUEST(b, STR("MULTI"));
	if (there) {
		reply_list(&at);
		reply_skip(&at);
		redis_take_fields(&at, &b->burial);
		field_list_bury(&b->burial, id, reason, keep, hash);
		compose_xadd(b, dead_of(b));
	}
	REQUEST(b, STR("XACK"), stream_of(b), group_of(b), id);
	REQUEST(b, STR("EXEC"));
	return there;
}

/* From EXEC's reply in b->answer: whether the XADD at the beginning took the entry. Where it failed, that did not hold back the rest. */
static bool added(const struct redis_bus *b)
{
	struct reply_at at = reply_start(&b->answer);
	struct entry_id id;
	reply_list(&at);
	struct str text = reply_text(&at);
	return text.p && id_parse(text, 0, &id);
}

int redis_dead(struct bus *base, struct entry_id id, struct str reason, enum bus_keep keep, struct err *e)
{
	struct redis_bus *b = redis_of(base);
	char text[ID_TEXT];
	id_format(id, text);
	int pending = look_up(b, str_of(text), e);
	if (pending <= 0)
		return pending;
	bool there = compose_burial(b, str_of(text), reason, keep);
	if (redis_ask_all(b, &b->answer, e) < 0)
		return -1;
	if (there && !added(b))
		return err_set(e, ROS_CONFIG, "%s: %s took no letter: entry %s is acknowledged, and is in %s only", base->name, base->s.dead,
		               text, base->s.stream);
	return 1;
}

/* Reads the fields of a letter into b->burial; XLEN says that the stream is one. 0: there is no such letter. */
static int read_letter(struct redis_bus *b, struct str id, struct err *e)
{
	redis_compose(b);
	REQUEST(b, STR("XLEN"), stream_of(b));
	REQUEST(b, STR("XRANGE"), dead_of(b), id, id);
	if (redis_ask(b, &b->answer, e) < 0 || redis_take(b, &b->answer, e) < 0)
		return -1;
	struct reply_at at = reply_start(&b->answer);
	if (reply_list(&at) == 0)
		return 0;
	reply_list(&at);
	reply_skip(&at);
	redis_take_fields(&at, &b->burial);
	return 1;
}

int redis_requeue(struct bus *base, struct entry_id id, struct err *e)
{
	struct redis_bus *b = redis_of(base);
	char text[ID_TEXT];
	id_format(id, text);
	int there = read_letter(b, str_of(text), e);
	if (there <= 0)
		return there;
	if (field_list_unbury(&b->burial, str_of(text), e) < 0)
		return -1;
	redis_compose(b);
	REQUEST(b, STR("MULTI"));
	compose_xadd(b, stream_of(b));
	REQUEST(b, STR("XDEL"), dead_of(b), str_of(text));
	REQUEST(b, STR("EXEC"));
	if (redis_ask_all(b, &b->answer, e) < 0)
		return -1;
	return added(b) ? 1 : err_set(e, ROS_CONFIG, "%s: %s took no entry: letter %s is lost", base->name, base->s.stream, text);
}

int redis_drop(struct bus *base, struct entry_id id, struct err *e)
{
	struct redis_bus *b = redis_of(base);
	char text[ID_TEXT];
	int64_t removed;
	redis_compose(b);
	REQUEST(b, STR("XDEL"), dead_of(b), id_text(id, text));
	return redis_send(b, e) < 0 || redis_take_int(b, &removed, e) < 0 ? -1 : (int)removed;
}
