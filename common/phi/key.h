/*
 * The key file of the keyed hash: lines `key-id hex`, the first is the current key, the others are kept for comparison. What a key makes of a text is a
 * pseudonym, no code of 45 CFR 164.514(c)(1): who has the key and the text can make it again.
 */
#ifndef ROS_PHI_KEY_H
#define ROS_PHI_KEY_H

#include "base/err.h"
#include "base/str.h"
#include "io/config.h"

#include <stdbool.h>

/* The command that makes a key file, for messages. */
#define PHI_KEY_COMMAND "(umask 077; echo \"k1 $(openssl rand -hex 32)\" > FILE)"

#define PHI_HASH "hmac-sha256:"
#define PHI_HASH_TEXT (sizeof PHI_HASH + 64) /* with 64 hex digits and NUL */

struct phi_keys; /* opaque */

/*
 * Reads the file that ROS_PHI_KEY_FILE names; *keys is NULL where that is not set. Blank lines and lines that start with # are passed over. A key-id is 1 to
 * 64 letters, digits and ._- ; a key is 32 to 64 bytes. Errors (ROS_CONFIG): the file cannot be read, others than its owner may read or write it, it has no
 * key, or a line is bad, which is named by its number.
 */
int phi_keys_open(struct phi_keys **keys, const struct config *c, struct err *e);
void phi_keys_free(struct phi_keys *keys); /* NULL is fine; the keys are overwritten */

/* The id of the current key. */
struct str phi_keys_id(const struct phi_keys *keys);

/* hmac-sha256: and the HMAC-SHA256 (RFC 2104) of the text under the current key, in lower-case hex. */
void phi_keys_hash(const struct phi_keys *keys, struct str text, char out[PHI_HASH_TEXT]);

/* Whether `hash` is that of the text under the key with this id. */
bool phi_keys_match(const struct phi_keys *keys, struct str id, struct str text, struct str hash);

#endif
