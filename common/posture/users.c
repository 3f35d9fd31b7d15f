/*
 * The users of the bus. What each may do is what the tools it runs send, found by running them under the list; tests/cli/bus-config.bats does
 * that, and holds each against what it must be refused. Nobody may trim or delete but the admin, and nobody configure: that is done in the files.
 */
#include "posture/plan.h"

#include "base/buf.h"
#include "base/mem.h"
#include "io/file.h"

#include <stdio.h>
#include <string.h>

#define STREAM "{stream}"
#define DEAD "{dead}"
#define PASSWORD_BYTES 4096

static const struct {
	const char *name, *reason, *rules;
	bool replicates; /* only where there are replicas */
} users[] = {
	{ "ros-producer", "ros-emit: publishes, and asks how full the stream is; reads no event, trims nothing",
	  "~" STREAM " +xadd +xlen +xpending (%R~" DEAD " +xlen)", false },
	{ "ros-worker", "ros-consume and ros-ack: read as consumers, acknowledge, and write dead letters; publish nothing",
	  "~" STREAM " +xreadgroup +xgroup|create +xpending +xrange +xclaim +xack +xlen +multi +exec (~" DEAD " +xadd +xlen)", false },
	{ "ros-reader", "ros-replay, ros-consume --peek, ros-bus groups and dead list: look, and change nothing",
	  "%R~" STREAM " %R~" DEAD " +xrange +xrevrange +xread +xlen +xpending +xinfo|groups +xinfo|consumers", false },
	{ "ros-monitor", "ros-health: looks, and asks whether an entry would be taken, by one to a stream that is not there",
	  "%R~" STREAM " %R~" DEAD " +xrange +xrevrange +xlen +xpending +xinfo|groups +xinfo|consumers (~" STREAM ":probe +xadd)", false },
	{ "ros-admin", "ros-bus: makes the group, trims, requeues and drops dead letters, forwards the local queue, audits",
	  "~" STREAM " %R~" DEAD " +xadd +xtrim +xgroup|create +xrange +xrevrange +xlen +xpending +xinfo|groups +xinfo|consumers +multi +exec +info "
	  "+config|get +acl|list +acl|log +acl|dryrun (~" DEAD " +xdel)", false },
	{ "ros-replica", "a replica of the server: gets the stream, sends nothing else", "+psync +replconf +ping", true },
};

/* The rules, with the names in their places. */
static void expand(const struct plan *p, const char *rules, struct buf *out)
{
	while (*rules) {
		if (strncmp(rules, STREAM, strlen(STREAM)) == 0) {
			buf_z(out, p->needs.stream);
			rules += strlen(STREAM);
		} else if (strncmp(rules, DEAD, strlen(DEAD)) == 0) {
			buf_z(out, p->needs.dead);
			rules += strlen(DEAD);
		} else {
			buf_char(out, *rules++);
		}
	}
	if (p->needs.db > 0)
		buf_z(out, " +select");
}

void plan_add_users(struct plan *p)
{
	for (size_t i = 0; i < sizeof users / sizeof *users; i++) {
		if (users[i].replicates && p->needs.replicas == 0)
			continue;
		struct plan_user *user = &p->users[p->n_users++];
		*user = (struct plan_user){ .name = users[i].name, .reason = users[i].reason };
		struct buf rules;
		buf_init(&rules, sizeof user->rules);
		expand(p, users[i].rules, &rules);
		snprintf(user->rules, sizeof user->rules, "%s", buf_cstr(&rules));
		buf_free(&rules);
	}
}

static int read_password(struct plan_user *user, const char *path, struct buf *text, struct err *e)
{
	struct err why;
	if (file_read(path, text, &why) < 0)
		return err_set(e, ROS_CONFIG, "%s", why.text);
	struct str line;
	str_cut(buf_view(text), '\n', &line);
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	if (line.n < PLAN_PASSWORD_MIN)
		return err_set(e, ROS_CONFIG, "%s: a password has at least %d bytes, since its hash is not salted: openssl rand -hex 32 makes one", path,
		               PLAN_PASSWORD_MIN);
	struct sha256 hash = sha256_of(line);
	sha256_format(&hash, user->hash);
	return 0;
}

int plan_passwords(struct plan *p, const char *dir, struct err *e)
{
	int rc = 0;
	for (size_t i = 0; i < p->n_users && rc == 0; i++) {
		struct buf path, text;
		buf_init(&path, PASSWORD_BYTES);
		buf_init(&text, PASSWORD_BYTES);
		buf_fmt(&path, "%s/%s", dir, p->users[i].name);
		rc = buf_ok(&path) ? read_password(&p->users[i], buf_cstr(&path), &text, e) : err_set(e, ROS_CONFIG, "the directory's name is too long");
		if (text.p)
			mem_wipe(text.p, text.cap);
		buf_free(&text);
		buf_free(&path);
	}
	return rc;
}
