import type { Words } from './words.ts';

export const de: Words = {
  lang: 'de',
  unsubscribe: {
    title: 'Abmelden',
    heading: 'Keine E-Mails mehr?',
    of: (address) =>
      `${address === null ? 'Sie bekommen dann keine Werbe-E-Mails mehr von uns.' : `An ${address} gehen dann keine Werbe-E-Mails mehr.`} Noch ist nichts geändert: Bitte bestätigen Sie mit dem Knopf.`,
    button: 'Abmelden',
    small:
      'Es gilt sofort. Antworten auf Ihre eigenen Anfragen und Mails zu Ihren Bestellungen bekommen Sie weiter. Haben Sie es sich anders überlegt, schließen Sie die Seite.',
    choose: 'Lieber auswählen, was und wie oft',
    done: 'Sie sind abgemeldet',
    doneOf: (address) =>
      `${address === null ? 'Sie bekommen keine Werbe-E-Mails mehr von uns.' : `${address} bekommt keine Werbe-E-Mails mehr von uns.`} Eine Mail, die schon unterwegs war, kann noch ankommen.`,
    close: 'Sie können die Seite schließen.',
  },
  preferences: {
    title: 'Ihre E-Mails von uns',
    of: (address) =>
      `${address === null ? 'Wählen Sie aus, was Sie von uns bekommen.' : `Wählen Sie aus, was an ${address} geht.`} Geändert wird erst etwas, wenn Sie auf Speichern drücken.`,
    saved: 'Gespeichert. Es gilt ab jetzt; eine Mail, die schon unterwegs war, kann noch ankommen.',
    topics: 'Was Sie bekommen',
    noTopics: 'Zurzeit gibt es nichts auszuwählen.',
    tracking: 'Was wir sehen',
    trackingLabel: 'Sie dürfen sehen, welche Ihrer E-Mails ich öffne und welchen Links ich folge',
    trackingObjection: 'Halten Sie nicht fest, welche Ihrer E-Mails ich öffne und welchen Links ich folge',
    frequency: 'Wie oft',
    all: 'Jede E-Mail',
    weekly: 'Höchstens eine in der Woche',
    monthly: 'Höchstens eine im Monat',
    pause: 'Pause',
    noPause: 'Keine Pause',
    keepPause: (until) => `Bis ${until}, wie jetzt`,
    days: (days) => `Für ${days} Tage`,
    until: 'Bis zum Tag darunter',
    untilLabel: 'Erster Tag mit E-Mails',
    language: 'Sprache',
    anyLanguage: 'Egal',
    save: 'Speichern',
    wrongDate: 'Bitte wählen Sie einen Tag ab morgen, innerhalb der nächsten zwei Jahre.',
    pauseOrDay: 'Bitte wählen Sie entweder eine Pause oder einen Tag, nicht beides.',
    wrongChoice: 'Eine Ihrer Angaben steht nicht auf dieser Seite. Bitte wählen Sie noch einmal.',
    leaveHeading: 'Gar nichts mehr?',
    leaveText: 'Sie bekommen dann überhaupt keine Werbe-E-Mails mehr von uns.',
    leave: 'Von allem abmelden',
    small: 'Antworten auf Ihre eigenen Anfragen und Mails zu Ihren Bestellungen bekommen Sie weiter.',
    expired: 'Dieser Link ist zu alt',
    expiredText:
      'Ein Link zu Ihren Einstellungen gilt 90 Tage, damit eine alte Mail in falschen Händen nicht schadet. Wir schicken gern einen neuen an die Adresse, für die dieser Link war.',
    passedOn: 'Nur mit einem eigenen Link',
    passedOnText:
      'Wer die Adresse einer E-Mail im Browser hat, kann sie öffnen; darum lässt sich von dort nichts ändern. Nehmen Sie den Link in der E-Mail selbst, oder lassen Sie einen an die Adresse schicken, an die die E-Mail ging.',
    mailLink: 'Link schicken',
    linkMailed: 'Ein Link ist unterwegs',
    linkMailedText:
      'Er geht an die Adresse, an die die E-Mail ging. Kommt nichts an, versuchen Sie es bitte morgen noch einmal.',
    consent: (topic) => `Auf der Einstellungsseite angekreuzt: „${topic}“`,
    refusal: (topic) => `Auf der Einstellungsseite abgewählt: „${topic}“`,
  },
  view: {
    changed:
      'Einiges von dem, was wir wissen, hat sich seit dem Versand dieser E-Mail geändert; sie kann hier etwas anders lauten.',
    left: 'Sie haben sich abgemeldet',
    leftText: 'Sie haben sich von unseren E-Mails abgemeldet; deshalb wird diese hier nicht mehr gezeigt.',
    leftHint: 'Die E-Mail selbst ist noch in Ihrem Postfach.',
  },
  confirm: {
    title: 'Bitte bestätigen',
    text: (company) =>
      `Jemand hat diese Adresse angegeben, um E-Mails von ${company} zu bekommen. Waren Sie das, dann drücken Sie auf den Knopf.`,
    agreed: 'Dem stimmen Sie zu',
    topics: 'Worüber',
    every: 'alles',
    button: 'Ja, ich möchte diese E-Mails',
    small: 'Noch ist nichts geändert. Waren Sie es nicht, schließen Sie die Seite: Es wird nichts verschickt.',
    done: 'Danke, das ist bestätigt',
    doneText: 'Abmelden können Sie sich jederzeit mit dem Link in jeder E-Mail.',
    over: 'Dieser Link gilt nicht mehr',
    overText: 'Eine Anfrage lässt sich 7 Tage lang bestätigen, einmal. Bitte füllen Sie das Formular noch einmal aus.',
  },
  mail: {
    confirm: {
      subject: 'Bitte bestätigen: E-Mails von {{ sender.companyName }}',
      preheader: 'Ein Klick, und nur wenn Sie es waren.',
      heading: 'Ist das Ihre Adresse?',
      text: 'Jemand, vermutlich Sie selbst, hat diese Adresse angegeben, um E-Mails von {{ sender.companyName }} zu bekommen. Bitte bestätigen Sie das. Sonst schicken wir nichts.',
      button: 'Bestätigen',
      small: 'Der Link gilt 7 Tage. Waren Sie es nicht, beachten Sie diese Mail nicht weiter.',
    },
    preferences: {
      subject: 'Ihr Link: auswählen, was {{ sender.companyName }} Ihnen schickt',
      preheader: 'Themen, wie oft, eine Pause oder gar nichts.',
      heading: 'Auswählen, was Sie bekommen',
      text: 'Hier ist der neue Link zu Ihren Einstellungen, nach dem gefragt wurde.',
      button: 'Zu meinen Einstellungen',
      small: 'Der Link gilt 90 Tage. Haben Sie nicht danach gefragt, beachten Sie diese Mail nicht weiter.',
    },
  },
};
