/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Is a value what a JSON Schema says?  The part of the language that structured outputs use: type (one or a list), enum, const,
 * properties, required, additionalProperties (false or a schema), items, minItems, maxItems, minLength, maxLength (in code points),
 * minimum, maximum.  Other members are ignored: a server may be asked for more than is checked here, never the other way round.
 */
#ifndef TAMIS_NET_SCHEMA_H
#define TAMIS_NET_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* False with what is wrong and where in `why` ("$.score: not in the list"), cut to `size`. */
bool schema_check(const json_t *value, const json_t *schema, char *why, size_t size);

#endif
