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
	REQUEST(b, STR("XLEN"), str_of(b->base.s.dead));
	REQUEST(b, STR("XPENDING"), stream_of(b), group_of(b), id, id, STR("1"));
	REQUEST(b, STR("XRANGE"), stream_of(b), id, id);
	if (redis_ask(b, &b->answer, e) < 0 || wire_reply(b->wire, &b->answer, e) < 0)
		return -1;
	bool no_group = redis_group_missing(&b->answer);
	if (!no_group && reply_check(&b->answer, b->base.name, e) < 0)
		return -1;
	struct reply_at at = reply_start(&b->answer);
	bool pending = reply_list(&at) > 0;
	return redis_take(b, &b->answer, e) < 0 ? -1 : pending;
}

/* Composes the transaction from the entry in b->answer; where that is gone, only the acknowledgement is left. Says whether it is there. */
static bool compose_burial(struct redis_bus *b, struct str id, struct str reason, bool keep_data)
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
		field_list_bury(&b->burial, id, reason, keep_data, hash);
		redis_request_xadd(&b->out, str_of(b->base.s.dead), b->burial.v, b->burial.n);
		b->requests++;
	}
	REQUEST(b, STR("XACK"), stream_of(b), group_of(b), id);
	REQUEST(b, STR("EXEC"));
	return there;
}

/* EXEC's reply is a list; the first is XADD's, which does not hold back the XACK behind it where it fails. */
static int check_letter(struct redis_bus *b, struct str id, struct err *e)
{
	struct reply_at at = reply_start(&b->answer);
	struct entry_id letter;
	reply_list(&at);
	struct str text = reply_text(&at);
	if (text.p && id_parse(text, 0, &letter))
		return 0;
	return err_set(e, ROS_CONFIG, "%s: %s took no letter: entry %.*s is acknowledged, and is in %s only", b->base.name, b->base.s.dead,
	               STR_ARG(id), b->base.s.stream);
}

int redis_dead(struct bus *base, struct entry_id id, struct str reason, bool keep_data, struct err *e)
{
	struct redis_bus *b = redis_of(base);
	char text[ID_TEXT];
	id_format(id, text);
	int pending = look_up(b, str_of(text), e);
	if (pending <= 0)
		return pending;
	bool there = compose_burial(b, str_of(text), reason, keep_data);
	if (redis_send(b, e) < 0)
		return -1;
	for (size_t i = 0; i < b->requests; i++)
		if (redis_take(b, &b->answer, e) < 0)
			return -1;
	return there && check_letter(b, str_of(text), e) < 0 ? -1 : 1;
}
