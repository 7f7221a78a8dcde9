/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Escaped bytes of a JSON string back to what they stand for: plain runs are copied 32 or 64 bytes at a time where the processor can. */
#include <stdatomic.h>

#include "base/cpu.h"
#include "base/json.h"
#include "base/json_kernel.h"
#include "base/utf8.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static uint32_t hex4(const char *p)
{
	uint32_t v = 0;

	for (int i = 0; i < 4; i++) {
		char c = p[i];
		uint32_t digit = c <= '9' ? (uint32_t)(c - '0') : (uint32_t)((c | 0x20) - 'a' + 10);

		v = v << 4 | (digit & 15);
	}
	return v;
}

/* `p` is after the first "\\u"; writes the code point and returns the bytes of input used (4 or 10). */
static size_t unescape_unicode(char **out, const char *p, const char *end)
{
	uint32_t cp = hex4(p);
	size_t used = 4;

	if (cp >= 0xd800 && cp < 0xdc00 && end - p >= 10 && p[4] == '\\' && p[5] == 'u') {
		uint32_t low = hex4(p + 6);

		if (low >= 0xdc00 && low < 0xe000) {
			cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
			used = 10;
		}
	}
	*out += utf8_encode(*out, cp);
	return used;
}

/* The escape at `p`, of which at least two bytes are there; returns what follows it. */
static inline const char *take_escape(char **out, const char *p, const char *end)
{
	static const char letter[256] = { ['b'] = '\b', ['f'] = '\f', ['n'] = '\n', ['r'] = '\r', ['t'] = '\t' };
	unsigned char c = (unsigned char)p[1];

	if (c == 'u' && end - p >= 6)
		return p + 2 + unescape_unicode(out, p + 2, end);
	*(*out)++ = letter[c] ? letter[c] : (char)c;
	return p + 2;
}

size_t json_unescape_portable(char *out, struct span escaped)
{
	const char *p = escaped.p;
	const char *end = escaped.p + escaped.len;
	char *to = out;

	while (p < end) {
		const char *slash = memchr(p, '\\', (size_t)(end - p));
		size_t run = (size_t)((slash ? slash : end) - p);

		memcpy(to, p, run);
		to += run;
		p += run;
		if (slash == NULL || end - p < 2)
			break;
		p = take_escape(&to, p, end);
	}
	return (size_t)(to - out);
}

#if defined(__x86_64__)
/* What is written is never ahead of what was read, so a whole vector fits wherever one could be loaded. */
__attribute__((target("avx2,bmi"))) size_t json_unescape_avx2(char *out, struct span escaped)
{
	const __m256i slash = _mm256_set1_epi8('\\');
	const char *p = escaped.p;
	const char *end = escaped.p + escaped.len;
	char *to = out;

	while (end - p >= 32) {
		__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)p);
		uint32_t hit = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(v, slash));
		size_t run = _tzcnt_u32(hit); /* 32 when there is none */

		_mm256_storeu_si256((__m256i *)(void *)to, v);
		to += run;
		p += run;
		if (hit == 0)
			continue;
		if (end - p < 2)
			return (size_t)(to - out);
		p = take_escape(&to, p, end);
	}
	return (size_t)(to - out) + json_unescape_portable(to, span_make(p, (size_t)(end - p)));
}

/* What an escaped byte stands for; 0: no two-byte escape. */
static const uint8_t meaning[128] = { ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
				      ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t' };

/* Escaped bytes are looked up and the backslashes before them squeezed out, without a branch an escape.  Blocks with \\u go one by one. */
JSON_AVX512 size_t json_unescape_avx512(char *out, struct span escaped)
{
	const __m512i low = _mm512_loadu_si512(meaning), high = _mm512_loadu_si512(meaning + 64);
	const char *p = escaped.p;
	const char *end = escaped.p + escaped.len;
	char *to = out;
	uint64_t carry = 0;

	while (end - p >= 64) {
		__m512i x = _mm512_loadu_si512(p), mapped;
		uint64_t slash = _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('\\')), begun = carry;
		uint64_t after = json_escaped(slash, &carry);

		mapped = _mm512_permutex2var_epi8(low, x, high);
		if (after & (_mm512_testn_epi8_mask(mapped, mapped) | _mm512_movepi8_mask(x))) {
			const char *stop = p + 64;

			p -= begun; /* its backslash left nothing behind */
			while (p < stop && end - p >= 2) {
				if (*p == '\\')
					p = take_escape(&to, p, end);
				else
					*to++ = *p++;
			}
			carry = 0;
			continue;
		}
		_mm512_storeu_si512(to, _mm512_maskz_compress_epi8(~(slash & ~after), _mm512_mask_mov_epi8(x, after, mapped)));
		to += 64 - _mm_popcnt_u64(slash & ~after);
		p += 64;
	}
	p -= carry;
	return (size_t)(to - out) + json_unescape_avx2(to, span_make(p, (size_t)(end - p)));
}
#endif

size_t json_unescape_to(char *out, struct span escaped)
{
	typedef size_t (*unescape_fn)(char *, struct span);
	static _Atomic(unescape_fn) chosen;
	unescape_fn fn = atomic_load_explicit(&chosen, memory_order_relaxed);

	if (fn == NULL) {
		fn = json_unescape_portable;
#if defined(__x86_64__)
		if (cpu_simd() >= CPU_AVX2)
			fn = cpu_simd() >= CPU_AVX512 ? json_unescape_avx512 : json_unescape_avx2;
#endif
		atomic_store_explicit(&chosen, fn, memory_order_relaxed);
	}
	return fn(out, escaped);
}
