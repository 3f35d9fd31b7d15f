/* Asks a server what an audit has to know. Only what is named is asked of its configuration, since that has passwords, too. */
#include "posture/facts.h"

#include "base/mem.h"
#include "base/num.h"

#include <stdio.h>

static const struct {
	enum source source;
	const char *right;
} rights[] = {
	{ FROM_INFO, "+info" },          { FROM_CONFIG, "+config|get" }, { FROM_USERS, "+acl|list" },
	{ FROM_RIGHTS, "+acl|dryrun" },  { FROM_REFUSALS, "+acl|log" },  { FROM_STREAM, "+xlen +xrange +xrevrange +xpending +xinfo|groups" },
	{ FROM_GROUPS, "+xrange +xpending +xinfo|groups +xinfo|consumers" },
};

void posture_rights(int sources, struct buf *out)
{
	const char *comma = "";
	for (size_t i = 0; i < sizeof rights / sizeof *rights; i++) {
		if (!(sources & (int)rights[i].source))
			continue;
		buf_fmt(out, "%s%s", comma, rights[i].right);
		comma = ", ";
	}
}

/* What came of asking for a source: a refusal makes it missing, and is no failure. */
static int settle(struct posture *f, enum source source, int rc, struct err *e)
{
	if (rc >= 0 || e->status != ROS_CONFIG)
		return rc < 0 ? -1 : 0;
	f->missing |= (int)source;
	return 0;
}

#define WORDS(...) (struct str[]){ __VA_ARGS__ }, sizeof((struct str[]){ __VA_ARGS__ }) / sizeof(struct str)

/* --- the server --- */

static int ask_server(struct posture *f, struct bus *b, struct err *e)
{
	struct err why;
	if (settle(f, FROM_INFO, bus_query(b, WORDS(STR("INFO")), &f->info, &why), &why) < 0 ||
	    settle(f, FROM_CONFIG,
	           bus_query(b,
	                     WORDS(STR("CONFIG"), STR("GET"), STR("port"), STR("bind"), STR("tls-port"), STR("tls-auth-clients"), STR("tls-protocols"),
	                           STR("protected-mode"), STR("enable-*"), STR("appendonly"), STR("appendfsync"), STR("save"), STR("dir"),
	                           STR("maxmemory*"), STR("min-replicas-to-write"), STR("acllog-max-len"), STR("slowlog-*")),
	                     &f->config, &why),
	           &why) < 0 ||
	    settle(f, FROM_USERS, bus_query(b, WORDS(STR("ACL"), STR("LIST")), &f->list, &why), &why) < 0 ||
	    settle(f, FROM_REFUSALS, bus_query(b, WORDS(STR("ACL"), STR("LOG"), STR("128")), &f->refusals, &why), &why) < 0)
		return err_set(e, why.status, "%s", why.text);
	return 0;
}

/* --- users --- */

/* "user NAME on #HASH ~KEYS &CHANNELS +COMMANDS": only who is on may log in. */
static bool read_user(struct str line, struct fact_user *user)
{
	struct str word;
	bool on = false;
	line = str_cut(line, ' ', &word);
	line = str_cut(line, ' ', &user->name);
	while (line.p) {
		line = str_cut(line, ' ', &word);
		on |= str_is(word, "on");
		user->no_password |= str_is(word, "nopass");
		user->all_keys |= str_is(word, "~*") || str_is(word, "(~*") || str_is(word, "%R~*") || str_is(word, "(%R~*");
		user->all_commands |= str_is(word, "+@all") || str_is(word, "+@all)");
	}
	return on;
}

static void read_users(struct posture *f)
{
	struct reply_at at = reply_start(&f->list);
	for (int64_t n = reply_list(&at); n > 0; n--) {
		struct fact_user user = { 0 };
		if (!read_user(reply_text(&at), &user))
			continue;
		buf_init(&user.dangerous, 1024);
		f->users = mem_grow(f->users, f->n_users + 1, sizeof *f->users);
		f->users[f->n_users++] = user;
	}
}

/*
 * Commands that no tool sends. The server itself says whether a user may run them (ACL DRYRUN, which runs nothing), so that nothing is guessed from
 * rules. Each is given arguments that it takes; "*" stands for the stream, a key that users may have a right to.
 */
static const char *const dangerous[][5] = {
	{ "flushall" },
	{ "config", "set", "maxmemory", "0" },
	{ "acl", "setuser", "x" },
	{ "shutdown" },
	{ "debug", "sleep", "0" },
	{ "module", "load", "x" },
	{ "replicaof", "no", "one" },
	{ "eval", "return 1", "0" },
	{ "restore", "*", "0", "x" },
	{ "keys", "x" },
	{ "monitor" },
};

/* 1: the user may; 0: not. */
static int may_run(struct bus *b, struct str user, const char *const command[5], const char *stream, struct reply *reply, struct err *e)
{
	struct str words[8] = { STR("ACL"), STR("DRYRUN"), user };
	size_t n = 3;
	for (size_t i = 0; i < 5 && command[i]; i++)
		words[n++] = str_of(command[i][0] == '*' ? stream : command[i]);
	if (bus_query(b, words, n, reply, e) < 0)
		return reply_fails(reply, "ERR Command") ? 0 : -1; /* taken away by rename-command */
	struct reply_at at = reply_start(reply);
	return str_is(reply_text(&at), "OK");
}

static int ask_rights_of(struct fact_user *user, struct bus *b, const char *stream, struct err *e)
{
	struct reply reply;
	int rc = 0;
	reply_init(&reply);
	for (size_t i = 0; i < sizeof dangerous / sizeof *dangerous && rc >= 0; i++) {
		rc = may_run(b, user->name, dangerous[i], stream, &reply, e);
		if (rc > 0)
			buf_fmt(&user->dangerous, "%s%s", user->dangerous.n > 0 ? ", " : "", dangerous[i][0]);
	}
	reply_free(&reply);
	return rc;
}

static int ask_rights(struct posture *f, struct bus *b, const char *stream, struct err *e)
{
	struct err why;
	for (size_t i = 0; i < f->n_users && !(f->missing & FROM_RIGHTS); i++)
		if (settle(f, FROM_RIGHTS, ask_rights_of(&f->users[i], b, stream, &why), &why) < 0)
			return err_set(e, why.status, "%s", why.text);
	if (f->missing & FROM_USERS)
		f->missing |= FROM_RIGHTS;
	return 0;
}

/* --- the stream --- */

static int note_group(void *arg, const struct bus_group *group, struct err *e)
{
	(void)e;
	struct posture *f = arg;
	if (str_is(group->name, f->group))
		f->oldest_idle_ms = group->oldest.p ? group->oldest_idle_ms : -1;
	return 0;
}

static int ask_stream(struct posture *f, struct bus *b, struct err *e)
{
	struct err why;
	int rc = bus_info(b, &f->counts, &why) < 0 || bus_stream(b, &f->stream, &why) < 0 ? -1 : 0;
	if (settle(f, FROM_STREAM, rc, &why) < 0 || settle(f, FROM_GROUPS, bus_groups(b, note_group, f, &why), &why) < 0)
		return err_set(e, why.status, "%s", why.text);
	return 0;
}

/* --- all of it --- */

int posture_collect(struct posture *f, struct bus *b, const struct posture_asked *asked, struct err *e)
{
	*f = (struct posture){ .now_ms = asked->now_ms, .max_len = asked->max_len,
	                    .retention_days = asked->retention_days, .group = asked->bus->group, .oldest_idle_ms = -1 };
	reply_init(&f->info);
	reply_init(&f->config);
	reply_init(&f->refusals);
	reply_init(&f->list);
	if (url_parse(asked->bus->url, &f->url, e) < 0 || ask_stream(f, b, e) < 0)
		return -1;
	if (f->url.scheme == URL_FILE)
		return 0;
	if (ask_server(f, b, e) < 0)
		return -1;
	read_users(f);
	return ask_rights(f, b, asked->bus->stream, e);
}

void posture_free(struct posture *f)
{
	for (size_t i = 0; i < f->n_users; i++)
		buf_free(&f->users[i].dangerous);
	free(f->users);
	reply_free(&f->info);
	reply_free(&f->config);
	reply_free(&f->refusals);
	reply_free(&f->list);
	url_free(&f->url);
}

struct str posture_info(const struct posture *f, const char *name)
{
	struct reply_at at = reply_start(&f->info);
	struct str text = reply_text(&at), line, head;
	while (text.p) {
		text = str_cut(text, '\n', &line);
		struct str value = str_cut(line, ':', &head);
		if (value.p && str_is(head, name))
			return str_trim(value);
	}
	return (struct str){ NULL, 0 };
}

struct str posture_config(const struct posture *f, const char *name)
{
	struct reply_at at = reply_start(&f->config);
	for (int64_t n = reply_list(&at); n > 1; n -= 2) {
		struct str key = reply_text(&at), value = reply_text(&at);
		if (str_is(key, name))
			return value;
	}
	return (struct str){ NULL, 0 };
}

static int64_t number(struct str s)
{
	int64_t v;
	return num_int(s, &v) ? v : 0;
}

int64_t posture_info_int(const struct posture *f, const char *name)
{
	return number(posture_info(f, name));
}

int64_t posture_config_int(const struct posture *f, const char *name)
{
	return number(posture_config(f, name));
}
