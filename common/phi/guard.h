/*
 * The guard: what an event may say when it leaves. It rests on the contract first, and on finding last (ros-phi(7)): what has a shape is safe by its shape,
 * text of LIVE is replaced by a keyed hash unread, and what remains is scanned. What cannot be judged is refused. It works from the tables of any event type.
 */
#ifndef ROS_PHI_GUARD_H
#define ROS_PHI_GUARD_H

#include "base/buf.h"
#include "event/lines.h"
#include "event/schema.h"
#include "json/reader.h"
#include "phi/key.h"

#include <stdbool.h>

#define PHI_GUARD_VERSION "1"

struct phi_guard_settings {
	const struct phi_keys *keys; /* NULL: none; kept by reference */
	bool off;                    /* DEMO passes unguarded */
	bool scan_live;              /* text of LIVE is scanned, not hashed */
};

struct phi_guard; /* opaque */

struct phi_guard *phi_guard_new(const struct phi_guard_settings *s);
void phi_guard_free(struct phi_guard *g); /* NULL is fine */

/*
 * Writes the event, which its schema has passed, into `out`, guarded: text replaced, an attestation of the guard in the place of whatever stood in /phi/guard,
 * where the schema has that; all else byte for byte. Guarded again it has the same content. False: *fault has a rule of the guard (event/lines.h), or `size`,
 * and the pointer as event_check() gives it; what is in `out` is of no use.
 */
bool phi_guard(struct phi_guard *g, const struct schema *schema, struct json_reader *r, const struct json *root, struct buf *out,
               struct json_fault *fault);

/* Attested: with keys, the attestation's mac holds under one of them; without keys, that an attestation is there is believed. */
enum phi_claim {
	PHI_UNATTESTED,
	PHI_OFF,       /* attested that the guard was off; never of LIVE */
	PHI_ATTESTED,
};

/* What the event claims in /phi/guard. `root` need not be valid. */
enum phi_claim phi_guard_claim(struct phi_guard *g, struct json_reader *r, const struct json *root);

/* Whether a text of no event, such as a source's name, passes the scanner. */
bool phi_guard_clean(struct phi_guard *g, struct str text);

/*
 * Whether what is no valid event of that type may be kept for a person to look at: it is attested; or the scanner finds nothing in all of its strings, keys and
 * numbers, and it is of DEMO, where the type has modes.
 */
bool phi_guard_may_keep(struct phi_guard *g, const struct schema *schema, struct json_reader *r, const struct json *root);

/* Generated: `sha256:` and the digest of the rules and their tables, one file behind the other. */
extern const char phi_rules_digest[];

#endif
