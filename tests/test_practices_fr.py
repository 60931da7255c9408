"""What French texts say, sentence by sentence: practices in many wordings, denials, and texts that claim nothing."""

from __future__ import annotations

import pytest

from tracker.model import Block, Claim
from tracker.practices.detector import detector

_PRACTICES = {
    "T": "ai-training",
    "H": "ai-human-review",
    "S": "third-party-sharing",
    "V": "data-sale",
    "A": "targeted-advertising",
    "B": "biometric-data",
    "C": "children-data",
}


def _claims(text: str, *, lead: str = "", headings: tuple[str, ...] = ()) -> tuple[Claim, ...]:
    return detector().read(Block(id="b", text=text, lead=lead, headings=headings), "fr").claims


def _read(text: str, lead: str = "", headings: tuple[str, ...] = ()) -> set[str]:
    """ "T+" for training by the service, "T+third-party" by others, "V-" for a denied sale."""
    signs = {practice: letter for letter, practice in _PRACTICES.items()}
    return {
        signs[one.practice]
        + ("+" if one.polarity == "asserts" else "-")
        + (one.actor.value if one.practice == "ai-training" and one.actor != "service" else "")
        for one in _claims(text, lead=lead, headings=headings)
        if one.practice in signs
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Les contenus que vous publiez servent à l'entraînement de nos modèles d'IA générative.", "T+"),
        ("Vos données sont traitées à des fins d'apprentissage automatique.", "T+"),
        ("Les requêtes que vous saisissez peuvent servir à améliorer nos modèles.", "T+"),
        ("L'entraînement de nos modèles repose sur les données de nos utilisateurs.", "T+"),
        ("Nous utilisons tes messages publics pour entraîner notre IA.", "T+"),
        (
            "Afin d'entraîner et d'affiner nos modèles d'IA, nous avons recours aux données d'utilisation du service.",
            "T+",
        ),
        ("Des tiers peuvent utiliser vos publications pour entraîner leurs modèles de langage.", "T+third-party"),
        ("Nous n'utilisons vos contenus pour entraîner nos modèles que si vous y consentez.", "T+"),
        ("Nous utilisons ces informations pour rendre nos modèles d'IA plus performants.", "T+"),
        ("Nous utilisons les données des utilisateurs pour l'apprentissage de nos modèles d'IA.", "T+"),
        ("Vous acceptez que vos contenus soient utilisés pour l'entraînement de l'IA.", "T+"),
        ("Nous obtiendrons tous les consentements nécessaires avant d'entraîner nos modèles sur vos données.", "T+"),
        ("Nos systèmes d'apprentissage automatique s'améliorent grâce aux exemples que vous nous fournissez.", "T+"),
        ("Nous n'entraînons pas nos modèles sur vos fichiers, sauf si vous utilisez l'offre gratuite.", "T+"),
        ("Nous entraînons nos modèles sur les données des membres situés hors de l'Union européenne.", "T+"),
        ("Nous entraînons nos modèles sur ce que vous partagez avec nous ; en savoir plus ici.", "T+"),
    ],
)
def test_training(text: str, said: str) -> None:
    assert _read(text) == set(said.split())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Nous n'utilisons pas vos données pour entraîner nos modèles d'IA.", "T-"),
        ("Vos données ne sont pas utilisées pour l'entraînement de modèles d'IA.", "T-"),
        ("Aucune de vos données n'est utilisée pour entraîner nos modèles.", "T-"),
        ("Ni vos messages ni vos documents ne servent à entraîner l'IA.", "T-"),
        ("Le contenu des clients entreprise n'est pas utilisé pour améliorer nos modèles d'IA.", "T-"),
        ("Sans votre consentement, nous n'utilisons pas vos contenus pour entraîner nos modèles d'IA.", "T-"),
        ("Vos données de santé ne sauraient être utilisées pour entraîner des modèles d'IA.", "T-"),
        ("Vos photos ne servent pas à entraîner des modèles de fondation.", "T-"),
        ("Vos échanges ne sont ni conservés ni utilisés pour l'entraînement des modèles.", "T-"),
    ],
)
def test_no_training(text: str, said: str) -> None:
    assert _read(text) == set(said.split())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Aucun humain ne lit vos conversations avec l'IA.", "H-"),
        ("Nous ne vendrons jamais vos données à qui que ce soit.", "V-"),
        ("Nous communiquons vos données à nos partenaires commerciaux.", "S+"),
        ("Nous ne communiquons pas vos données à des tiers.", "S-"),
        ("Nous ne partageons vos données avec nos partenaires qu'avec votre consentement.", "S+"),
        ("Nos partenaires affichent de la publicité ciblée en fonction de vos centres d'intérêt.", "A+"),
        ("Vos messages ne sont pas utilisés pour cibler la publicité.", "A-"),
        ("Nous ne collectons pas de données biométriques.", "B-"),
        ("Nous ne collectons pas sciemment de données concernant des mineurs.", "C-"),
        ("Les données des enfants sont traitées pour leur proposer des contenus adaptés.", "C+"),
        ("Aucun de nos employés ne consulte vos conversations avec l'assistant.", "H-"),
        ("Aucune cession de vos données à des tiers n'est effectuée.", "S-"),
        ("La banque ne vend pas les données de ses clients.", "V-"),
        ("Vos données permettent de vous adresser des offres et publicités ciblées.", "A+"),
        ("Nos publicités ne sont pas personnalisées en fonction de vos données.", "A-"),
        ("Vos photos ne sont pas transformées en gabarits biométriques.", "B-"),
    ],
)
def test_other_practices(text: str, said: str) -> None:
    assert _read(text) == set(said.split())


@pytest.mark.parametrize(
    "text",
    [
        "Vous ne devez pas utiliser nos contenus pour entraîner des modèles d'IA.",
        "Il est interdit d'utiliser le Service pour entraîner un modèle d'intelligence artificielle.",
        "L'utilisateur s'interdit d'utiliser les contenus du site à des fins d'entraînement d'une IA.",
        "Utilisez-vous mes données pour entraîner vos modèles d'IA ?",
        "Découvrez comment nous utilisons vos données pour entraîner nos modèles d'IA.",
        "Un modèle de langage est un type d'IA qui est entraîné sur de grandes quantités de textes.",
        "La suppression de votre compte entraîne la perte de vos données et de l'accès à nos outils d'IA.",
        "Nos équipes sont formées à l'utilisation de l'intelligence artificielle et au traitement des données.",
        "Nous conservons les données de vos séances d'entraînement et nos algorithmes calculent vos statistiques.",
        "Vous pouvez entraîner votre propre modèle personnalisé avec vos données.",
        "Notre modèle économique repose sur la publicité.",
        "Nous utilisons des données synthétiques pour entraîner nos modèles d'IA.",
        "Les présentes conditions générales de vente s'appliquent aux données de commande.",
        "Notre nouvelle politique de confidentialité entre en vigueur le 1er mars 2027.",
        "En savoir plus sur l'entraînement de nos modèles.",
        "Nous organisons des entraînements de football et publions vos photos retouchées par l'IA.",
    ],
)
def test_nothing_is_claimed(text: str) -> None:
    assert _read(text) == set()


@pytest.mark.parametrize(
    ("lead", "text", "said"),
    [
        (
            "Nous utilisons vos données pour les finalités suivantes :",
            "l'amélioration et l'entraînement de nos modèles d'IA ;",
            "T+",
        ),
        (
            "Nous utilisons les informations collectées pour :",
            "entraîner nos algorithmes d'apprentissage automatique ;",
            "T+",
        ),
        (
            "Vos données personnelles sont utilisées aux fins suivantes :",
            "développement de modèles d'intelligence artificielle",
            "T+",
        ),
        ("Il est notamment interdit :", "d'utiliser le contenu pour l'entraînement de modèles d'IA ;", ""),
        ("Vous ne pouvez pas :", "utiliser les données pour entraîner ou améliorer un modèle d'IA ;", ""),
        (
            "Nous pouvons :",
            "utiliser tout ce que vous publiez sur le service pour entraîner ou affiner un modèle d'IA.",
            "T+",
        ),
    ],
)
def test_an_item_belongs_to_its_lead(lead: str, text: str, said: str) -> None:
    assert _read(text, lead=lead) == set(said.split())


@pytest.mark.parametrize(
    ("answer", "said"),
    [("Non.", "T-"), ("Non, jamais.", "T-"), ("Oui, sauf si vous désactivez l’option.", "T+")],
)
def test_an_answer_claims_what_was_asked(answer: str, said: str) -> None:
    assert _read(answer, headings=("Utilisez-vous mes publications pour entraîner l’IA ?",)) == {said}


def _training(text: str) -> Claim:
    (claim,) = (one for one in _claims(text) if one.practice == "ai-training")
    return claim


def test_what_a_claim_carries() -> None:
    claim = _training(
        "À compter du 4 mai 2027, nous utiliserons vos publications publiques pour entraîner notre IA générative. "
        "Vous pouvez vous y opposer dans les paramètres ; ce paramètre est activé par défaut. "
        "L’opposition n’affecte pas les entraînements déjà effectués."
    )
    assert claim.models == "generative"
    assert claim.source == "members"
    assert claim.data == ("public-content",)
    assert str(claim.from_date) == "2027-05-04"
    assert claim.opt_out is not None
    assert (claim.opt_out.offered, claim.opt_out.default, claim.opt_out.retroactive) == (True, "on", False)


@pytest.mark.parametrize(
    ("text", "only", "left_out"),
    [
        ("Hors de l’EEE et du Royaume-Uni, nous utilisons vos données pour entraîner nos modèles.", (), ("EEA", "GB")),
        ("Nous entraînons notre IA avec vos photos, sauf dans l’Union européenne et en Suisse.", (), ("EU", "CH")),
        ("Si vous résidez au Canada, vos données ne sont pas utilisées pour entraîner nos modèles.", ("CA",), ()),
        ("Les publications de membres situés au Québec servent à entraîner notre IA.", ("CA-QC",), ()),
    ],
)
def test_regions(text: str, only: tuple[str, ...], left_out: tuple[str, ...]) -> None:
    claim = _training(text)
    assert (claim.only_regions, claim.except_regions) == (only, left_out)


def test_minors_are_left_out() -> None:
    claim = _training("Nous n’utilisons pas les données des mineurs pour entraîner nos modèles d’IA.")
    assert (claim.polarity, claim.only_audiences) == ("denies", ("minors",))


def test_only_with_consent_is_a_condition_and_no_denial() -> None:
    claim = _training("Nous n’utilisons vos contenus pour entraîner nos modèles que si vous y consentez.")
    assert (claim.polarity, claim.conditional) == ("asserts", True)
