// Returns the text on the page that is hard to read: below 4.5:1, or 3:1 where it is large (WCAG 2.2, 1.4.3).
() => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

    const known = new Map(); // a page has few colours and many elements

    function rgba(colour) {
        if (!known.has(colour)) {
            canvas.clearRect(0, 0, 1, 1);
            canvas.fillStyle = colour;
            canvas.fillRect(0, 0, 1, 1);
            const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
            known.set(colour, [r, g, b, a / 255]);
        }
        return known.get(colour);
    }

    function over([r, g, b, a], below) {
        return [r, g, b].map((part, n) => part * a + below[n] * (1 - a)).concat(1);
    }

    function luminance(colour) {
        const [r, g, b] = colour.map((part) => {
            const share = part / 255;
            return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    }

    function ratio(one, other) {
        const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
        return (light + 0.05) / (dark + 0.05);
    }

    const page = matchMedia("(prefers-color-scheme: dark)").matches ? [0, 0, 0, 1] : [255, 255, 255, 1];
    const below = new Map([[null, { background: page, opacity: 1 }]]); // what many elements stand on

    // What lies behind an element's text, no background when a picture does, and how much of the text is seen.
    function behind(element) {
        if (below.has(element)) return below.get(element);
        const style = getComputedStyle(element);
        const layer = rgba(style.backgroundColor);
        const under = behind(element.parentElement);
        let background = layer;
        if (style.backgroundImage !== "none") background = null;
        else if (layer[3] < 1) background = under.background && over(layer, under.background);
        const found = { background, opacity: under.opacity * style.opacity };
        below.set(element, found);
        return found;
    }

    function hardToRead(element, style, text) {
        const { background, opacity } = behind(element);
        if (!background) return null;
        const [r, g, b, a] = rgba(style.color);
        const found = ratio(over([r, g, b, a * opacity], background), background);
        const pixels = parseFloat(style.fontSize);
        const isLarge = pixels >= 24 || (pixels >= 18.66 && style.fontWeight >= 700);
        if (found >= (isLarge ? 3 : 4.5)) return null;
        const place = element.id ? `#${element.id}` : `.${[...element.classList].join(".")}`;
        return `${element.localName}${place} in .${element.parentElement.className}: "${text.slice(0, 40)}" ` +
            `${found.toFixed(2)}:1 (${style.color} on ${background.slice(0, 3).map(Math.round)})`;
    }

    // A change of theme fades; what counts is where it ends.
    getComputedStyle(document.body).color;
    document.getAnimations().forEach((animation) => animation.finish());
    const found = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT);
    for (let element = walker.nextNode(); element; element = walker.nextNode()) {
        const own = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
        const isField = element.matches("input:not([type=hidden]), textarea");
        const text = isField ? element.value : own.map((node) => node.data).join("").trim();
        const isInactive = element.matches(":disabled, [aria-disabled=true], option, script, style, noscript");
        if (!text || isInactive || !element.checkVisibility({ visibilityProperty: true })) continue;
        const line = hardToRead(element, getComputedStyle(element), text);
        if (line) found.add(line);
    }
    return [...found];
}
