"""What Arabic texts are read to say: positives in many wordings, denials, what misleads, and what a claim carries."""

from __future__ import annotations

import pytest

from tracker.model import Block, Claim, Models, Source
from tracker.practices.detector import detector


def claims(text: str, lead: str = "", headings: tuple[str, ...] = ()) -> tuple[Claim, ...]:
    return detector().read(Block(id="b", text=text, lead=lead, headings=headings), "ar").claims


def said(text: str, lead: str = "") -> set[tuple[str, str, str]]:
    return {(one.practice, one.polarity.value, one.actor.value) for one in claims(text, lead)}


def training(text: str, lead: str = "", headings: tuple[str, ...] = ()) -> Claim:
    found = [one for one in claims(text, lead, headings) if one.practice == "ai-training"]
    assert len(found) == 1, text
    return found[0]


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("قد نستخدم المعلومات التي تقدمها لنا لتطوير نماذج الذكاء الاصطناعي وتحسينها.", ""),
        ("نحتفظ بالحق في استخدام المحتوى الذي تنشره على خدماتنا في تدريب نماذج التعلم الآلي.", ""),
        ("تُستخدم محادثاتك مع المساعد الذكي لتدريب نماذجنا اللغوية.", ""),
        ("يتم استخدام البيانات التي نجمعها منك لأغراض تدريب خوارزميات الذكاء الاصطناعي.", ""),
        ("بموافقتك على هذه الشروط، فإنك تمنحنا ترخيصًا لاستخدام محتواك في تدريب أنظمة الذكاء الاصطناعي.", ""),
        ("يجوز للشركة استخدام بيانات العملاء لتدريب نماذج الذكاء الاصطناعي الخاصة بها.", ""),
        ("ندرب نماذجنا على المنشورات العامة لمستخدمينا.", ""),
        ("تتعلم نماذج الذكاء الاصطناعي لدينا من محادثاتك.", ""),
        ("نغذي نماذجنا اللغوية بالنصوص التي تكتبها.", ""),
        ("بياناتك تساعدنا على جعل الذكاء الاصطناعي لدينا أكثر دقة.", ""),
        ("تُدرَّب أنظمتنا للذكاء الاصطناعي على ملايين المحادثات التي يجريها مستخدمونا.", ""),
        ("حتى لو ألغيت الاشتراك، قد نستخدم محادثاتك السابقة لتدريب نماذجنا.", ""),
        ("نستخدم بياناتك ليس فقط لتقديم الخدمة بل أيضًا لتدريب نماذج الذكاء الاصطناعي.", ""),
        ("لتدريب نماذج الذكاء الاصطناعي وتطويرها", "نستخدم بياناتك الشخصية للأغراض التالية:"),
        ("تطوير نماذج التعلم الآلي واختبارها؛", "نستخدم معلوماتك من أجل:"),
        ("نـسـتخدم محتواك لتدريب نماذج الـذكاء الاصطناعي.", ""),  # with tatweel
        ("نَسْتَخْدِمُ مُحْتَوَاكَ لِتَدْرِيبِ نَمَاذِجِ الذَّكَاءِ الِاصْطِنَاعِيِّ.", ""),  # with vowel signs
    ],
)
def test_training_by_the_service(text: str, lead: str) -> None:
    assert ("ai-training", "asserts", "service") in said(text, lead)


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        ("قد يستخدم شركاؤنا بياناتك لتدريب نماذجهم.", "third-party"),
        ("نسمح لشركائنا باستخدام محتواك لتدريب نماذج الذكاء الاصطناعي الخاصة بهم.", "third-party"),
        ("نرخّص المحتوى العام لشركات الذكاء الاصطناعي لتدريب نماذجها اللغوية.", "third-party"),
        ("قد نبيع بياناتك لشركات تطور الذكاء الاصطناعي لتدريب نماذجها.", "third-party"),
        ("قد تستخدم الشركات التابعة لنا محتواك لتطوير نماذج الذكاء الاصطناعي الخاصة بها.", "affiliate"),
        ("تستخدم شركتنا الأم بياناتك لتدريب نماذج الذكاء الاصطناعي.", "affiliate"),
    ],
)
def test_training_by_others(text: str, actor: str) -> None:
    assert [one.actor.value for one in claims(text) if one.practice == "ai-training"] == [actor]


@pytest.mark.parametrize(
    "text",
    [
        "لن نستخدم ملفاتك أبدًا لتدريب أي نموذج للذكاء الاصطناعي.",
        "لا يتم استخدام محتوى مساحة العمل لتدريب نماذج اللغة الكبيرة.",
        "نلتزم بعدم استخدام بياناتك في تدريب نماذج الذكاء الاصطناعي.",
        "لم نستخدم ولن نستخدم رسائلك الخاصة لتدريب الذكاء الاصطناعي.",
        "توقفنا عن استخدام منشوراتك لتدريب الذكاء الاصطناعي.",
        "تُعالج ملفاتك دون استخدامها في تدريب نماذج الذكاء الاصطناعي.",
        "بياناتك ليست مستخدمة في تدريب نماذجنا.",
        "لم تعد بياناتك تُستخدم لتدريب نماذجنا.",
        "نماذجنا لا تتدرب على محادثاتك.",
        "نحن لا نسمح لأطراف ثالثة باستخدام محتواك لتدريب نماذجها.",
        "يُمنع على شركائنا استخدام بياناتك لتدريب نماذج الذكاء الاصطناعي الخاصة بهم.",
    ],
)
def test_denied_training(text: str) -> None:
    assert training(text).polarity == "denies"


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("لا يجوز لك استخدام خدماتنا لتدريب نماذج الذكاء الاصطناعي.", ""),
        ("يُحظر استخدام أي محتوى من هذا الموقع لتدريب أنظمة الذكاء الاصطناعي.", ""),
        ("تتعهد بعدم استخدام المحتوى في تدريب أي نموذج لغوي.", ""),
        ("استخدام المحتوى لتدريب نماذج الذكاء الاصطناعي.", "لا يجوز لك القيام بما يلي:"),
        ("لا يجوز للمطورين استخدام البيانات المستخرجة من واجهة برمجة التطبيقات لتدريب نماذج الذكاء الاصطناعي.", ""),
        ("هل تستخدمون بياناتي لتدريب الذكاء الاصطناعي؟", ""),
        ("يخضع موظفونا لدورات تدريبية سنوية حول خصوصية البيانات.", ""),
        ("ندرب موظفينا على استخدام أدوات الذكاء الاصطناعي بشكل مسؤول وعلى حماية بياناتك.", ""),
        ("نقدم برامج تدريب رياضي مخصصة تعتمد على بياناتك الصحية.", ""),
        ("قد نسجل المكالمات لأغراض الجودة والتدريب.", ""),
        ("يمكنك استخدام التطبيق لحجز تذاكر القطار ومعرفة موقعك.", ""),
        ("يُقصد بتدريب النماذج العملية التي يتعلم بها الذكاء الاصطناعي من البيانات.", ""),
        ("لمعرفة المزيد حول كيفية استخدامنا لبياناتك لتدريب الذكاء الاصطناعي، راجع صفحة الخصوصية.", ""),
        ("يجوز لك تدريب نموذجك المخصص باستخدام بياناتك.", ""),
        ("يلتزم العميل بالحصول على موافقة المستخدمين قبل تدريب أي نموذج.", ""),
        ("نستخدم الذكاء الاصطناعي لتحسين خدماتنا.", ""),
    ],
)
def test_what_misleads_claims_no_training(text: str, lead: str) -> None:
    assert not [one for one in claims(text, lead) if one.practice == "ai-training"]


@pytest.mark.parametrize(
    ("text", "practice", "polarity"),
    [
        ("قد نشارك معلوماتك الشخصية مع شركائنا التجاريين.", "third-party-sharing", "asserts"),
        ("لن نفصح عن بياناتك لأطراف ثالثة.", "third-party-sharing", "denies"),
        ("يجوز لنا بيع معلوماتك الشخصية.", "data-sale", "asserts"),
        ("نحن لا نبيع أو نؤجر معلوماتك الشخصية للغير.", "data-sale", "denies"),
        ("بياناتك لا تُباع ولا تُؤجر.", "data-sale", "denies"),
        ("نعرض عليك إعلانات تستند إلى اهتماماتك.", "targeted-advertising", "asserts"),
        ("لا نستخدم بياناتك لعرض إعلانات مستهدفة.", "targeted-advertising", "denies"),
        ("نجمع بيانات بيومترية مثل بصمة الوجه وبصمة الصوت.", "biometric-data", "asserts"),
        ("لا نستخدم تقنية التعرف على الوجه.", "biometric-data", "denies"),
        ("خدماتنا غير موجهة إلى الأطفال دون سن 13 عامًا.", "children-data", "denies"),
        ("قد نستخدم معلومات القاصرين لتحسين خدماتنا.", "children-data", "asserts"),
        ("قد يراجع موظفونا محادثاتك مع المساعد لتحسين جودة الإجابات.", "ai-human-review", "asserts"),
        ("لا يطلع أي شخص على محادثاتك مع المساعد.", "ai-human-review", "denies"),
    ],
)
def test_other_practices(text: str, practice: str, polarity: str) -> None:
    assert (practice, polarity, "service") in said(text)


def test_models_and_sources() -> None:
    generative = training("قد نستخدم منشوراتك لتدريب نماذج الذكاء الاصطناعي التوليدي الخاصة بنا.")
    assert (generative.models, generative.source) == (Models.GENERATIVE, Source.MEMBERS)
    web = training("نستخدم معلومات متاحة للعموم على الإنترنت ومحتوى مستخدمينا لتدريب نماذج التعلم الآلي.")
    assert (web.models, web.source) == (Models.UNSPECIFIED, Source.BOTH)


def test_regions() -> None:
    left_out = training("نستخدم محتواك لتدريب نماذجنا، باستثناء المقيمين في الاتحاد الأوروبي وسويسرا والمملكة المتحدة.")
    assert left_out.polarity == "asserts"
    assert left_out.except_regions == ("EU", "CH", "GB")
    limited = training("نستخدم منشورات المستخدمين في الولايات المتحدة لتدريب الذكاء الاصطناعي.")
    assert limited.only_regions == ("US",)


def test_audiences() -> None:
    denied = training("لا نستخدم بيانات القاصرين لتدريب نماذج الذكاء الاصطناعي.")
    assert (denied.polarity, denied.only_audiences) == ("denies", ("minors",))
    free = training("لا ندرّب نماذجنا على محادثاتك، إلا إذا كنت تستخدم الباقة المجانية.")
    assert free.polarity == "asserts"


def test_data() -> None:
    claim = training("نستخدم صورك وتسجيلاتك الصوتية وسجل البحث لتدريب الذكاء الاصطناعي، باستثناء رسائلك الخاصة.")
    assert set(claim.data) == {"media", "voice", "activity"}


@pytest.mark.parametrize(
    ("text", "default"),
    [
        ("نستخدم محادثاتك لتدريب نماذجنا، ويمكنك الاعتراض على ذلك.", None),
        ("هذا الإعداد مفعّل افتراضيًا، وما لم توقف تشغيله نستخدم محتواك لتدريب نماذجنا.", "on"),
        ("سنستخدم صورك العامة لتدريب الذكاء الاصطناعي ما لم تقم بإلغاء الاشتراك.", "on"),
    ],
)
def test_ways_out(text: str, default: str | None) -> None:
    offered = training(text).opt_out
    assert offered is not None
    assert (offered.offered, offered.default) == (True, default)


def test_a_question_answered() -> None:
    assert training("لا.", headings=("هل تستخدمون محتواي لتدريب الذكاء الاصطناعي؟",)).polarity == "denies"
    assert (
        training("نعم، إذا كان حسابك عامًا.", headings=("هل تستخدمون محتواي لتدريب الذكاء الاصطناعي؟",)).polarity
        == "asserts"
    )


def test_consent_makes_a_condition() -> None:
    assert training("لن تُستخدم محادثاتك لتدريب نماذجنا بدون موافقتك.").conditional
