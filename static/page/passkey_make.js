/** Making a passkey: in Mijn aanmelding, when it is offered, on accepting an invitation, or where more than a password is asked. */
import { startRegistration } from "@simplewebauthn/browser";
import { passkeyButtons } from "./passkey.js";

passkeyButtons((optionsJSON) => startRegistration({ optionsJSON }));
