/* What event_check() passed always fits. */
#include "store/bind.h"

#include "base/num.h"
#include "base/timefmt.h"
#include "base/uuid.h"
#include "event/check.h"

#include <string.h>

/* "sha256:" or "hmac-sha256:" and 64 hex digits: one byte for the kind, then 32. */
static struct str hash_blob(struct str text, char bytes[33])
{
	struct str kind, hex = str_cut(text, ':', &kind);
	bytes[0] = str_is(kind, "sha256") ? 1 : 2;
	for (size_t i = 0; i < 32; i++) {
		char hi = hex.p[2 * i], lo = hex.p[2 * i + 1];
		bytes[1 + i] = (char)((hi <= '9' ? hi - '0' : hi - 'a' + 10) << 4 | (lo <= '9' ? lo - '0' : lo - 'a' + 10));
	}
	return (struct str){ bytes, 33 };
}

static struct str sha256_blob(struct str text, char bytes[33])
{
	hash_blob(text, bytes);
	return (struct str){ bytes + 1, 32 };
}

static struct str uuid_blob(struct str text, char bytes[33])
{
	struct uuid uuid;
	uuid_parse(text, &uuid);
	memcpy(bytes, uuid.b, sizeof uuid.b);
	return (struct str){ bytes, sizeof uuid.b };
}

static int64_t ms_of(struct str text)
{
	int64_t ms = 0;
	time_parse(text, &ms);
	return ms;
}

static int64_t nano_of(struct str text)
{
	int64_t nano = 0;
	num_scaled(text, NUM_NANO, &nano, NULL);
	return nano;
}

void bind_value(struct db_stmt *s, int i, const struct schema_field *f, const struct json *v, char bytes[33])
{
	if (!v) {
		db_bind_null(s, i);
		return;
	}
	switch ((enum schema_column)f->column) {
	case COLUMN_MS: db_bind_int(s, i, ms_of(v->text)); break;
	case COLUMN_UUID: db_bind_blob(s, i, uuid_blob(v->text, bytes)); break;
	case COLUMN_HASH: db_bind_blob(s, i, hash_blob(v->text, bytes)); break;
	case COLUMN_SHA256: db_bind_blob(s, i, sha256_blob(v->text, bytes)); break;
	case COLUMN_TEXT: db_bind_text(s, i, v->text); break;
	case COLUMN_INT: db_bind_int(s, i, v->type == JSON_NUMBER ? check_int(v, 0) : v->type == JSON_TRUE); break;
	case COLUMN_NANO: db_bind_int(s, i, nano_of(v->text)); break;
	case COLUMN_NONE:
	case COLUMN_DEPLOYMENT:
	case COLUMN_SERIES:
	case COLUMN_TERM:
	case COLUMN_JSON: break;
	}
}
