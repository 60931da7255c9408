"""The practices other than training, as policies of banks, shops, telecoms and others word them in English."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tracker.model import Block
from tracker.practices.detector import detector

# A lead-in ends at " | ".
ASSERTED = {
    "indefinite-retention": [
        "We store call records for 24 months following the end of your contract.",
        "If you delete your profile, we may still retain a copy of your data for audit purposes.",
        "Deleted posts are kept for 30 days before they are permanently erased.",
        "Even when you remove a photo, cached copies may remain available elsewhere.",
    ],
    "cross-site-tracking": [
        "Advertising partners may place cookies on our site to recognise you on other websites.",
        "Our partners use pixels to follow your activity across the web.",
        "We receive information about the pages you visit on websites that use our button.",
        "Our tracking code on partner sites records which articles you read.",
    ],
    "unilateral-change": [
        "We reserve the right to amend this policy at our sole discretion.",
        "Continuing to use the service after an update means that you agree to the new terms.",
        "This Privacy Policy is subject to change without notice.",
        "You should check back often, as we may change these rules from time to time.",
    ],
    "government-disclosure": [
        "Your data may be handed over to the police if a court orders it.",
        "We will disclose records to regulators and tax authorities when requested.",
        "We may be compelled by a court to surrender your records.",
        "We share your information with: | government bodies and courts, where the law obliges us;",
    ],
    "third-party-sharing": [
        "Insurance partners receive your driving data.",
        "We provide aggregated and personal data to data brokers.",
        "Your information may be disclosed as part of a merger or sale of assets.",
        "We share your information with: | advertising partners, who measure their campaigns;",
    ],
    "precise-location": [
        "Our app records the exact position of your car.",
        "The app accesses your device's precise geolocation while it is open.",
        "Your real-time location may be shared with your driver.",
        "We collect the following information: | precise geolocation;",
    ],
    "sensitive-data": [
        "We collect special categories of personal data.",
        "Information about your racial or ethnic origin may be collected.",
        "We process data concerning health to tailor your training plan.",
        "We collect: | your sexual orientation, if you tell us;",
    ],
    "data-sale": [
        "We may sell your personal information to data brokers.",
        "Your browsing data may be sold to advertisers.",
        "In the past year, we sold identifiers and internet activity to advertising networks.",
        "We disclose data to partners in exchange for money or other valuable consideration.",
    ],
    "targeted-advertising": [
        "Your viewing history helps us choose which adverts to show you.",
        "We and our partners use this information to deliver targeted advertising.",
        "We work with third parties to serve ads tailored to your interests.",
        "We use your information to: | show you ads that match your interests;",
    ],
    "content-licence": [
        "You license to us the right to sublicense your content to our partners.",
        "We may use any feedback you give us without restriction and without paying you.",
        "This licence allows us to make your content available to other companies for broadcast.",
        "By uploading a photo, you permit us to use it in advertising.",
    ],
    "children-data": [
        "We collect data from children with their parents' permission.",
        "We use information about teenagers to recommend videos.",
        "Children's voice recordings are stored to answer their questions.",
        "With the consent of a parent, we process the personal data of pupils under 16.",
    ],
    "arbitration": [
        "Any dispute will be finally settled by binding arbitration.",
        "You and we waive the right to a jury trial.",
        "Disputes must be resolved on an individual basis through arbitration.",
        "All claims shall be submitted to the American Arbitration Association.",
    ],
    "ai-processing": [
        "We use artificial intelligence to summarise your messages.",
        "Our AI assistant analyses your questions to give you answers.",
        "AI-powered tools scan photos for banned content.",
        "Data are analysed with machine learning to detect fraud.",
    ],
    "message-scanning": [
        "We scan direct messages for spam.",
        "Our systems review your private messages for illegal content.",
        "Messages are read by automated systems to detect fraud.",
        "Moderators may read your messages when they are reported.",
    ],
    "contacts-upload": [
        "If you allow it, we import the contacts from your phone.",
        "You can upload your address book to find friends.",
        "The app accesses your contact list to show who is using it.",
        "With your permission, we sync your calendar.",
    ],
    "automated-decisions": [
        "Accounts that break the rules are suspended by automated systems.",
        "We make decisions about you by automated means.",
        "Our systems may automatically block transactions that look suspicious.",
        "Credit decisions are made solely by computer.",
    ],
    "profiling": [
        "We infer your interests from the pages you read.",
        "We make inferences about your income.",
        "Based on your usage we predict which products you might like.",
        "We combine data to create profiles of our shoppers.",
    ],
    "affiliate-sharing": [
        "Our parent company receives your account data.",
        "Your information may be shared among our subsidiaries.",
        "Other companies in our group may use your data for marketing.",
        "We disclose personal information to: | our affiliates and subsidiaries;",
    ],
    "cross-border-transfer": [
        "Your data may be transferred to countries outside the EEA.",
        "Personal data may be processed in countries with weaker laws than your own.",
        "We rely on standard contractual clauses when we send data abroad.",
        "Information is transferred to, and processed in, the USA.",
    ],
    "biometric-data": [
        "We collect voiceprints to recognise callers.",
        "With your consent, we process biometric identifiers.",
        "We compare your selfie with your identity document by facial recognition.",
        "Facial age estimation may be used to check your age.",
    ],
    "legitimate-interest": [
        "We process usage data on the basis of our legitimate interests.",
        "It is in our legitimate interest to prevent fraud.",
        "We rely on legitimate interests to improve our services.",
    ],
}

DENIED = {
    "indefinite-retention": [
        "We do not keep your information after you delete your account.",
        "We never retain patient records after the end of the contract.",
    ],
    "cross-site-tracking": [
        "We do not track you across other websites.",
    ],
    "government-disclosure": [
        "We do not hand your data to the authorities without a warrant.",
    ],
    "third-party-sharing": [
        "We do not share your information with third parties for their own purposes.",
        "Your health data is never disclosed to advertisers.",
    ],
    "precise-location": [
        "We do not collect your precise location.",
    ],
    "sensitive-data": [
        "We do not collect sensitive personal data.",
        "We never use information about your health, religion or sexual orientation to show you ads.",
    ],
    "data-sale": [
        "We do not sell your personal information.",
        "Your data is never sold.",
    ],
    "targeted-advertising": [
        "We do not use your data to target advertising.",
        "Your e-mails are not used to show you advertisements.",
    ],
    "children-data": [
        "Our services are not directed to children under 13.",
        "Children are not permitted to use the service.",
    ],
    "arbitration": [
        "We do not require arbitration.",
    ],
    "message-scanning": [
        "We cannot read your messages because they are end-to-end encrypted.",
        "We never scan private messages.",
    ],
    "contacts-upload": [
        "We do not access your contacts.",
        "The app never uploads your address book.",
    ],
    "automated-decisions": [
        "We do not engage in automated decision-making.",
        "There is no automated decision-making.",
    ],
    "profiling": [
        "We do not create profiles of our users.",
        "We do not engage in profiling.",
    ],
    "affiliate-sharing": [
        "We do not share your data with our affiliates.",
        "Your data is not passed to our parent company.",
    ],
    "cross-border-transfer": [
        "We do not transfer personal data outside the UK.",
    ],
    "biometric-data": [
        "We do not collect biometric data.",
        "Photos are not used for face recognition.",
    ],
}

SILENT = {
    "indefinite-retention": [
        "How long we keep your data",
        "You grant us a perpetual licence to your content.",
        "We may permanently suspend your account.",
    ],
    "cross-site-tracking": [
        "Our website contains links to other websites, which we do not control.",
        "You may not use cookies to collect data from our users.",
        "We are not responsible for the content of third-party sites.",
    ],
    "unilateral-change": [
        "You can change your settings at any time.",
        "By using the Services, you consent to our collection of your data.",
        "You can update your profile from time to time.",
    ],
    "government-disclosure": [
        "You must comply with all applicable laws.",
        "We may delete your information unless the law requires us to keep it.",
        "We use data to protect the safety of our users and comply with law.",
    ],
    "third-party-sharing": [
        "Third parties may provide us with information about you.",
        "You are responsible for content that you share with third parties.",
        "We are not responsible for how third-party websites use your data.",
    ],
    "precise-location": [
        "We estimate your city from your IP address.",
        "Posts that reveal a person's exact location are prohibited.",
        "We show you restaurants nearby.",
    ],
    "sensitive-data": [
        "Hate speech on the grounds of ethnicity is banned.",
        "You have the right to limit the use of your sensitive personal information.",
        "Advertisers must not target people by religion.",
    ],
    "data-sale": [
        "You may sell items on our marketplace.",
        "Right to opt out of the sale of your personal information.",
        "You agree not to rent, lease or sell access to the data.",
    ],
    "targeted-advertising": [
        "You can opt out of receiving promotional e-mails.",
        "Your ad may be rejected if it breaks our rules.",
        "Ads on our site are contextual.",
    ],
    "content-licence": [
        "You retain ownership of your content.",
        "You may not create derivative works of our software.",
        "You grant us a licence to host and display your files solely to provide the service.",
    ],
    "children-data": [
        "Child sexual exploitation is prohibited.",
        "People over the age of majority may use the advanced mode.",
        "For users under the age of majority, we rely on legitimate interests.",
    ],
    "arbitration": [
        "Our team will review your appeal like a jury.",
    ],
    "ai-processing": [
        "AI-generated content must be labelled.",
        "These terms govern your use of our AI products.",
        "Public posts may appear in answers of AI chatbots run by others.",
    ],
    "message-scanning": [
        "You can read your messages in the app.",
        "We send you messages about offers.",
        "You may receive messages from other users.",
    ],
    "contacts-upload": [
        "You can block contacts.",
        "Emergency contacts can be called from the app by you.",
        "California residents' contacts with our support team are logged.",
    ],
    "automated-decisions": [
        "You have the right not to be subject to automated decisions.",
        "Emails are sent automatically.",
    ],
    "profiling": [
        "You can edit your profile.",
        "You have the right to object to profiling.",
        "Profiling means automated processing of personal data.",
    ],
    "affiliate-sharing": [
        "Our affiliates are bound by this policy.",
        "We use your data to improve the products of our family of companies.",
        "This policy covers our affiliates.",
    ],
    "cross-border-transfer": [
        "Use of the service from outside the United States is at your own risk.",
        "If you live in the EU, you have additional rights.",
        "Our offices are in Germany.",
    ],
    "biometric-data": [
        "You may not use our tools for facial recognition.",
        "Your phone may offer face unlock, to which we have no access.",
        "Illinois has a law on biometric data.",
    ],
    "legitimate-interest": [
        "We have legitimate business reasons.",
        "You have the right to object where we rely on legitimate interests.",
    ],
}


def _cases(texts: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    return [(practice, text) for practice, several in texts.items() for text in several]


def _polarities(practice: str, text: str) -> set[str]:
    lead, _, said = text.rpartition(" | ")
    found = detector().read(Block(id="b", text=said, lead=lead), "en").claims
    return {claim.polarity.value for claim in found if claim.practice == practice}


@pytest.mark.parametrize(("practice", "text"), _cases(ASSERTED))
def test_asserts(practice: str, text: str) -> None:
    assert _polarities(practice, text) == {"asserts"}


@pytest.mark.parametrize(("practice", "text"), _cases(DENIED))
def test_denies(practice: str, text: str) -> None:
    assert _polarities(practice, text) == {"denies"}


@pytest.mark.parametrize(("practice", "text"), _cases(SILENT))
def test_claims_nothing(practice: str, text: str) -> None:
    assert _polarities(practice, text) == set()
