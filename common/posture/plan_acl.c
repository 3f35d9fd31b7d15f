/*
 * A plan's users, as lines of redis.conf that an `include` reads, since a file that `aclfile` names may have no comments. Passwords stand as their
 * SHA-256; where that is not known there is a word in its place that no server starts with.
 */
#include "posture/formats.h"

void plan_acl(const struct plan *p, struct buf *out)
{
	buf_fmt(out, "# The users of the stream %s, by ros-bus config. Included by redis.conf; after a change the server is started anew.\n", p->needs.stream);
	buf_z(out, "\n# nobody is anonymous: 45 CFR 164.312(a)(2)(i)\nuser default off resetpass resetkeys resetchannels -@all\n");
	for (size_t i = 0; i < p->n_users; i++) {
		const struct plan_user *user = &p->users[i];
		buf_fmt(out, "\n# %s\n", user->reason);
		if (!user->hash[0])
			buf_fmt(out, "# in place of SHA256, what this prints: head -n 1 %s | tr -d '\\n' | sha256sum\n", user->name);
		buf_fmt(out, "user %s on #%s resetchannels %s\n", user->name, user->hash[0] ? user->hash : "SHA256", user->rules);
	}
}
