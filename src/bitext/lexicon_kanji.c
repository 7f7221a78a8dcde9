/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chinese words out of a Japanese dictionary.  Most Japanese words written in two or more Han characters alone are Chinese words as well,
 * once the characters have the shapes of the mainland: Japan's own simplified ones by the table below, the others as ICU simplifies
 * traditional Chinese.  No package has a Chinese dictionary, but Debian has EDICT. */
#include <unicode/utrans.h>

#include "base/utf8.h"
#include "bitext/lexicon.h"

/* A Japanese shape (the list of 1946 and its successors, as far as Chinese differs), then the mainland's. */
static const char shapes[] =
	"亜亚悪恶圧压囲围為为壱壹隠隐栄荣営营衛卫駅驿円圆塩盐縁缘応应桜樱穏稳仮假価价絵绘壊坏懐怀拡扩殻壳覚觉楽乐渇渴勧劝巻卷陥陷寛宽漢汉関关"
	"歓欢観观顔颜気气帰归亀龟偽伪戯戏犠牺拠据挙举郷乡暁晓駆驱勲勋薫薰恵惠掲揭渓溪経经継继蛍萤軽轻鶏鸡芸艺撃击倹俭剣剑圏圈検检権权県县険险"
	"顕显験验厳严効效広广鉱矿黒黑済济砕碎斎斋剤剂雑杂桟栈賛赞糸丝歯齿児儿実实舎舍釈释収收従从渋涩獣兽縦纵粛肃処处緒绪諸诸奨奖焼烧証证乗乘"
	"剰剩壌壤嬢娘浄净畳叠縄绳譲让醸酿図图粋粹酔醉髄髓瀬濑斉齐摂摄専专戦战繊纤銭钱捜搜挿插総总聡聪荘庄騒骚増增臓脏蔵藏続续対对帯带滝泷択择"
	"沢泽単单団团弾弹遅迟鋳铸庁厅聴听鎮镇塚冢逓递鉄铁転转伝传闘斗徳德読读弐贰認认悩恼脳脑覇霸廃废拝拜売卖発发髪发抜拔浜滨払拂仏佛並并変变"
	"辺边弁辩舗铺穂穗豊丰満满黙默訳译薬药予预揺摇様样謡谣頼赖覧览竜龙両两猟猎緑绿塁垒涙泪類类隷隶齢龄労劳録录歩步毎每巣巢徴征暦历歴历渉涉"
	"頻频缶罐産产呉吴戸户査查喩喻撹搅頬颊麺面痩瘦籠笼闇暗醤酱蝋蜡繋系鴬莺働动";

struct reshaping {
	struct map64 shapes;      /* code point -> code point */
	UTransliterator *simplify; /* NULL: this ICU has none */
};

static void read_shapes(struct reshaping *r)
{
	struct span rest = span_of(shapes);

	while (rest.len) {
		int32_t pair[2];
		bool made;

		for (int i = 0; i < 2; i++) {
			size_t used;

			pair[i] = utf8_decode(rest, &used);
			rest = span_make(rest.p + used, rest.len - used);
		}
		*map64_at(&r->shapes, (uint64_t)pair[0], &made) = (uint64_t)pair[1];
	}
}

/* What ICU makes of a character alone. */
static int32_t simplified(const struct reshaping *r, int32_t cp)
{
	UChar text[8];
	int32_t n = 0, limit;
	UErrorCode status = U_ZERO_ERROR;
	UChar32 out = cp;

	if (!r->simplify)
		return cp;
	U16_APPEND_UNSAFE(text, n, cp);
	text[n] = 0;
	limit = n;
	utrans_transUChars(r->simplify, text, &n, 8, 0, &limit, &status);
	if (U_SUCCESS(status) && n > 0)
		U16_GET(text, 0, 0, n, out);
	return out;
}

static int32_t shape_of(struct reshaping *r, int32_t cp)
{
	bool made;
	uint64_t *shape = map64_at(&r->shapes, (uint64_t)cp, &made);

	if (made)
		*shape = (uint64_t)simplified(r, cp);
	return (int32_t)*shape;
}

/* False when the word has other than Han characters, or fewer than two. */
static bool reshape(struct buf *out, struct reshaping *r, struct span word)
{
	size_t n = 0, used;
	char shape[4];

	buf_clear(out);
	for (; word.len; word = span_make(word.p + used, word.len - used), n++) {
		int32_t cp = utf8_decode(word, &used);

		if (!((cp >= 0x3400 && cp <= 0x9FFF) || (cp >= 0x20000 && cp <= 0x3FFFF)))
			return false;
		buf_add(out, shape, utf8_encode(shape, (uint32_t)shape_of(r, cp)));
	}
	return n > 1;
}

void lexicon_add_kanji(struct lexicon *out, const struct lexicon *japanese, bool of_b)
{
	UErrorCode status = U_ZERO_ERROR;
	static const UChar id[] = u"Traditional-Simplified";
	struct reshaping r = { .simplify = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &status) };
	struct buf word = BUF_INIT;

	read_shapes(&r);
	vec_each(&japanese->entries, i) {
		const struct lexicon_entry *e = &japanese->entries.v[i];

		if (!reshape(&word, &r, of_b ? e->b : e->a))
			continue;
		if (of_b)
			lexicon_add(out, e->a, buf_span(&word));
		else
			lexicon_add(out, buf_span(&word), e->b);
	}
	if (r.simplify)
		utrans_close(r.simplify);
	map64_free(&r.shapes);
	buf_free(&word);
}
