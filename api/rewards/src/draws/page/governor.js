// The governor's page of a prize draw by two secrets. The link's fragment, which browsers send to nobody, holds the draw
// and the invitation. The secret is made here, and leaves this device only when the draw is drawn.

const COMMIT = "rollcall-draw/1 commit\0";

/** Bytes in lower case hex. */
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** The bytes of a text in lower case hex; null for any other text. */
export const fromHex = (text) =>
  /^([0-9a-f]{2}){16,64}$/.test(text) ? Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16)) : null;

/** A fresh secret of 32 bytes. */
export const freshSecret = () => hex(crypto.getRandomValues(new Uint8Array(32)));

/** The commitment to a secret: the SHA-256 of "rollcall-draw/1 commit", a zero byte and the secret. */
export const commitment = async (secret) => {
  const label = new TextEncoder().encode(COMMIT);
  const whole = new Uint8Array(label.length + secret.length);
  whole.set(label);
  whole.set(secret, label.length);
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", whole)));
};

/** What the page needs to know from its link. */
export const readLink = (fragment) => {
  const parts = new URLSearchParams(fragment.replace(/^#/, ""));
  const draw = parts.get("draw") ?? "";
  return /^[0-9]+$/.test(draw) && parts.get("invitation") ? { draw, invitation: parts.get("invitation") } : null;
};

const start = () => {
  const at = (id) => document.getElementById(id);
  const link = readLink(location.hash);

  const say = (text, refused = false) => {
    at("says").textContent = text;
    at("says").classList.toggle("refused", refused);
  };

  const ask = async (what, body) => {
    const answer = await fetch(`/v1/draws/${link.draw}/${what}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ invitation: link.invitation, ...body }),
      credentials: "omit",
      referrerPolicy: "no-referrer",
    });
    const told = await answer.json();
    if (answer.ok) return told;
    const expected = (told.errors ?? []).map((one) => `Expected ${one.expected}.`);
    throw new Error([told.title, told.detail, ...expected].filter(Boolean).join(" "));
  };

  const show = (draw) => {
    at("title").textContent = draw.title;
    const moment = (text) => new Date(text).toLocaleString("en-GB", { dateStyle: "full", timeStyle: "long" });
    const about = [
      ["How it stands", draw.state],
      ["What is won", draw.prizes.map((prize) => `${prize.number} × ${prize.name}`).join(", ")],
      ["Opened on", draw.opens_on],
      ["Entries fixed on the evening of", draw.freezes_on],
      ["Your commitment", draw.commitment],
      ["The hash of the freeze: write it down", draw.freeze_hash],
      ["Your secret can be opened from", draw.drawn_from && moment(draw.drawn_from)],
      ["until, or the draw is void,", draw.secrets_until && moment(draw.secrets_until)],
    ];
    at("about").replaceChildren(
      ...about.filter(([, text]) => text).flatMap(([name, text]) => {
        const [term, told] = [document.createElement("dt"), document.createElement("dd")];
        [term.textContent, told.textContent] = [name, text];
        return [term, told];
      }),
    );
    at("commit").hidden = draw.state !== "prepared" || Boolean(draw.commitment);
    at("open").hidden = draw.state !== "frozen";
  };

  /** Does what a button is for, once at a time, and says what came of it. */
  const press = (id, work) =>
    at(id).addEventListener("click", async () => {
      at(id).disabled = true;
      try {
        await work();
      } catch (error) {
        say(error.message, true);
      }
      at(id).disabled = false;
    });

  if (!link) {
    say("This link is not whole. Open it again from the message in which you were given it.", true);
    return;
  }
  press("make", async () => {
    at("secret").value = freshSecret();
    at("save").href = `data:text/plain,${at("secret").value}%0A`;
    at("made").hidden = false;
    at("secret").focus();
    at("secret").select();
  });
  at("kept").addEventListener("change", () => (at("send").disabled = !at("kept").checked));
  press("send", async () => {
    const draw = await ask("commitments", { commitment: await commitment(fromHex(at("secret").value)) });
    show(draw);
    say("Your commitment has been sent. Come back when the entries are fixed, with your secret.");
  });
  press("reveal", async () => {
    const secret = at("kept-secret").value.trim();
    if (!fromHex(secret)) throw new Error("Your secret is 32 to 128 digits and letters from a to f, as this page showed it.");
    show(await ask("secrets", { secret }));
    say("The draw has been drawn. Thank you.");
  });
  ask("invited", {}).then(
    (draw) => {
      show(draw);
      say(draw.state === "prepared" && !draw.commitment ? "You are invited to hold a secret of this draw." : "This is how the draw stands.");
    },
    (error) => say(error.message, true),
  );
};

if (typeof document !== "undefined") start();
