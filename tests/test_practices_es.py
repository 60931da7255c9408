"""What Spanish texts say, sentence by sentence: practices in many wordings, denials, and texts that claim nothing."""

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
    return detector().read(Block(id="b", text=text, lead=lead, headings=headings), "es").claims


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
        ("El contenido que publicas se utiliza para el entrenamiento de nuestros modelos de IA generativa.", "T+"),
        ("Esta licencia incluye el derecho a utilizar tu contenido para el entrenamiento de sistemas de IA.", "T+"),
        ("El entrenamiento de nuestros modelos se basa en los datos de nuestros usuarios.", "T+"),
        ("Entrenamos nuestros modelos con tus datos.", "T+"),
        ("Nuestras empresas afiliadas podrán utilizar tu contenido para entrenar sus modelos de IA.", "T+affiliate"),
        ("Aunque desactives este ajuste, podremos seguir usando tus comentarios para entrenar nuestros modelos.", "T+"),
        ("Tus contribuciones ayudan a nuestros modelos de IA a ser más precisos.", "T+"),
        ("Recopilamos información personal para capacitar nuestros modelos de inteligencia artificial.", "T+"),
        ("Tus datos se incorporan a los conjuntos de datos de entrenamiento de nuestros modelos.", "T+"),
        ("Cuando usas el asistente, usamos tus conversaciones para entrenar nuestros modelos.", "T+"),
        ("Las imágenes que elijas también contribuyen al entrenamiento del generador de imágenes.", "T+"),
        ("Una muestra de las conversaciones con el chatbot se conserva para entrenar al asistente.", "T+"),
        ("Nada de lo que escribes se usa para mejorar nuestra IA, excepto las respuestas que valoras.", "T+"),
        (
            "Entrenamos nuestros modelos con los datos de los miembros que se encuentran fuera de la Unión Europea.",
            "T+",
        ),
        ("Entrenamos nuestros modelos con lo que compartes con nosotros; obtén más información aquí.", "T+"),
    ],
)
def test_training(text: str, said: str) -> None:
    assert _read(text) == set(said.split())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("No utilizamos sus datos para entrenar nuestros modelos de IA.", "T-"),
        ("Sus datos no serán utilizados en ningún caso con fines de entrenamiento de IA.", "T-"),
        ("Ningún dato de cliente se emplea para el entrenamiento de algoritmos de IA.", "T-"),
        ("No entrenamos ningún modelo de IA a partir de su contenido.", "T-"),
        ("Sin tu consentimiento, no usamos tu contenido para entrenar nuestros modelos de IA.", "T-"),
        ("No entrenamos nuestros modelos con tus archivos, sea cual sea tu plan.", "T-"),
        ("Las publicaciones de los miembros de Canadá no se utilizan para el entrenamiento de IA.", "T-"),
        ("La empresa no utiliza tus datos para entrenar sus modelos si tienes un plan de pago.", "T-"),
        ("Los datos personales no serán objeto de ningún tratamiento con fines de entrenamiento de algoritmos.", "T-"),
    ],
)
def test_no_training(text: str, said: str) -> None:
    assert _read(text) == set(said.split())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Ningún humano lee tus conversaciones con la IA.", "H-"),
        ("Nunca venderemos tus datos a nadie.", "V-"),
        ("Sus datos no serán vendidos, alquilados ni cedidos a terceros.", "V- S-"),
        ("No cedemos tus datos a terceros.", "S-"),
        ("Solo compartimos tus datos con nuestros socios con tu consentimiento.", "S+"),
        ("Nuestros socios muestran publicidad dirigida en función de tus intereses.", "A+"),
        ("Tus mensajes no se utilizan para segmentar la publicidad.", "A-"),
        ("No recopilamos datos biométricos.", "B-"),
        ("No recopilamos conscientemente datos de menores.", "C-"),
        ("Recopilamos datos personales de niños con el consentimiento de sus padres.", "C+"),
        ("Ninguno de nuestros empleados lee tus conversaciones con el asistente.", "H-"),
        ("No se prevén cesiones de datos a terceros.", "S-"),
        ("Sus datos personales no están a la venta.", "V-"),
        ("Tus datos permiten enviarte ofertas y publicidad personalizada.", "A+"),
        ("La voz del cliente se graba y se convierte en una huella de voz que sirve para identificarlo.", "B+"),
        ("El servicio está reservado a mayores de edad.", "C-"),
    ],
)
def test_other_practices(text: str, said: str) -> None:
    assert _read(text) == set(said.split())


@pytest.mark.parametrize(
    "text",
    [
        "No debes utilizar nuestro contenido para entrenar modelos de IA.",
        "Está prohibido utilizar el Servicio para entrenar un modelo de inteligencia artificial.",
        "Te comprometes a no usar los resultados para entrenar modelos competidores.",
        "¿Utilizan mis datos para entrenar sus modelos de IA?",
        "El entrenamiento es el proceso mediante el cual un modelo de IA aprende a partir de datos.",
        "Un modelo de lenguaje es un tipo de IA que se entrena con grandes cantidades de texto.",
        "Nuestro personal está capacitado en el uso de inteligencia artificial y en el tratamiento de datos.",
        "Guardamos los datos de tus entrenamientos y nuestros algoritmos calculan tus estadísticas.",
        "Puedes entrenar tu propio modelo personalizado con tus datos.",
        "Podemos recopilar el modelo de tu dispositivo y su versión.",
        "Usamos datos sintéticos para entrenar nuestros modelos de IA.",
        "Las llamadas pueden grabarse con fines de formación del personal y control de calidad.",
        "Los sistemas de aprendizaje automático suelen mejorar a medida que disponen de más ejemplos.",
        "Te permitimos usar nuestro software bajo licencia para desarrollar inteligencia artificial.",
        "¿Se usarán mis fotos para entrenar la IA?",
        "Organizamos entrenamientos de fútbol y publicamos tus fotos retocadas con IA.",
    ],
)
def test_nothing_is_claimed(text: str) -> None:
    assert _read(text) == set()


@pytest.mark.parametrize(
    ("lead", "text", "said"),
    [
        (
            "Utilizamos sus datos para las siguientes finalidades:",
            "la mejora y el entrenamiento de nuestros modelos de IA;",
            "T+",
        ),
        ("Usamos la información recopilada para:", "entrenar nuestros algoritmos de aprendizaje automático;", "T+"),
        (
            "Sus datos personales se utilizarán con los siguientes fines:",
            "desarrollo de modelos de inteligencia artificial",
            "T+",
        ),
        ("Queda prohibido:", "utilizar el contenido para el entrenamiento de modelos de IA;", ""),
        ("El usuario se compromete a no:", "utilizar los datos para entrenar o mejorar un modelo de IA;", ""),
        ("Podemos:", "utilizar todo lo que publiques en el servicio para entrenar o ajustar un modelo de IA.", "T+"),
    ],
)
def test_an_item_belongs_to_its_lead(lead: str, text: str, said: str) -> None:
    assert _read(text, lead=lead) == set(said.split())


@pytest.mark.parametrize(("answer", "said"), [("No.", "T-"), ("No, nunca.", "T-")])
def test_an_answer_claims_what_was_asked(answer: str, said: str) -> None:
    assert _read(answer, headings=("¿Usáis mis publicaciones para entrenar la IA?",)) == {said}


def _training(text: str) -> Claim:
    (claim,) = (one for one in _claims(text) if one.practice == "ai-training")
    return claim


def test_what_a_claim_carries() -> None:
    claim = _training(
        "Desde el 4 de mayo de 2027, tus publicaciones públicas podrán usarse para entrenar nuestra IA generativa. "
        "Puedes oponerte en los ajustes; el ajuste está activado de forma predeterminada. "
        "La desactivación no afecta al entrenamiento ya realizado."
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
        ("Fuera del EEE y del Reino Unido, utilizamos tus datos para entrenar nuestros modelos.", (), ("EEA", "GB")),
        ("Entrenamos nuestra IA con tus fotos, salvo en la Unión Europea y Suiza.", (), ("EU", "CH")),
        ("Si resides en Canadá, tus datos no se usan para entrenar nuestros modelos.", ("CA",), ()),
        ("Para los usuarios de Estados Unidos, usamos tus chats para entrenar nuestros modelos.", ("US",), ()),
    ],
)
def test_regions(text: str, only: tuple[str, ...], left_out: tuple[str, ...]) -> None:
    claim = _training(text)
    assert (claim.only_regions, claim.except_regions) == (only, left_out)


def test_minors_are_left_out() -> None:
    claim = _training("No usamos los datos de los menores para entrenar nuestros modelos de IA.")
    assert (claim.polarity, claim.only_audiences) == ("denies", ("minors",))


def test_a_verb_carries_its_subject() -> None:
    assert _read("Cuando usted utiliza el asistente, utilizamos sus conversaciones para entrenar nuestra IA.") == {"T+"}
    assert _read("No puede utilizar el contenido para entrenar una IA.") == set()
