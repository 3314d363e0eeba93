import { readFile, writeFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { answer, part, visit } from "./case";
import { farSide } from "./farSide";
import { Chatter, homeserver } from "./homeserver";
import { namesTold, newcomer, post, untouched } from "./people";
import { agrees, does, past, step } from "./run";
import { checkExport } from "./sealed";
import { shot, tandem } from "./target";
import { accessible, alongside, expect, settled, test } from "./watch";

const IN_CHAT = "The stick is a company one, handed out last week.";
const OF_A_STRANGER = "Let me add something about that stick.";
const FROZEN = "nothing of the last 90 days is deleted";
const WHY_A_NAME = "somebody has to talk to the person before anything else";

test.use({ actionTimeout: 30_000 });

test("an alert becomes a case of both departments, is decided, leaves with its proofs, and is told to whom it was about", async ({
  page,
  browser,
}) => {
  test.setTimeout(420_000);
  const run = tandem();
  const rooms = homeserver();
  test.skip(!run, "the stand-in has no vault, no playbooks and no clocks; this needs the real server");
  const far = run && (await farSide(FROZEN));
  if (!run || !far) return;
  const chat = rooms && {
    tandem: new Chatter(rooms, "tandem"),
    ines: new Chatter(rooms, "ines"),
    stranger: new Chatter(rooms, "stranger"),
    usual: rooms.room,
  };
  let id = "";
  let room = "";
  let subject = "";
  let name = "";
  let account = "";
  let runs = "";

  const office = (act: (page: Page) => Promise<void>) => alongside(browser, "corporate_investigator", act);

  if (chat)
    await test.step("the analyst links a chat account", async () => {
      const { command } = await post(page, "/api/v1/account/chat-code");
      await chat.ines.say(chat.usual, command ?? "");
      await chat.tandem.hears(chat.usual, /is linked/);
    });

  await test.step("IT takes an alert and opens a case from it", async () => {
    const alert = await untouched(page);
    subject = alert.subject;
    await page.goto(`/alerts/${alert.id}`);
    await settled(page);
    await page.getByRole("button", { name: "Take" }).click();
    await expect(page.getByText("in progress").first()).toBeVisible();
    await page.getByRole("button", { name: "Open a case…" }).click();
    const dialog = page.getByRole("dialog", { name: "Open a case" });
    await dialog.getByLabel("kind").selectOption("departing_employee");
    await dialog.getByLabel("why").fill("more than a hand-over needs");
    await dialog.getByRole("button", { name: "Open the case" }).click();
    await expect(page).toHaveURL(/\/cases\/C-\d{4}-\d{4,9}$/);
    id = new URL(page.url()).pathname.split("/").pop() ?? "";
    await expect(page.getByRole("region", { name: "what the case is about" })).toContainText(subject);
  });

  await test.step("IT begins to look into it and asks corporate security in, who find it", async () => {
    await page.getByRole("button", { name: "Investigate…" }).click();
    await answer(page, "the copies are to be explained", "Begin to look into it");
    await page.getByRole("region", { name: "members" }).getByRole("button", { name: "Add…" }).click();
    await page.getByRole("dialog").getByLabel("account").selectOption("corporate_investigator");
    await answer(page, "knows the department", "Add");
    await office(async (corporate) => {
      await corporate.goto("/cases");
      await settled(corporate);
      await corporate.locator(`[data-case="${id}"] h2 a`).click();
      await expect(corporate.locator("[data-member=it_analyst]")).toBeVisible();
    });
  });

  if (chat)
    await test.step("the case has a room; what a linked colleague says there is on its timeline, and nobody else's words", async () => {
      room = await chat.tandem.roomOf(id);
      await chat.ines.join(room);
      const told = await chat.tandem.hears(room, /was opened/);
      expect(told).toContain(id);
      await chat.ines.say(room, IN_CHAT);
      await chat.tandem.invite(room, chat.stranger);
      await chat.stranger.join(room);
      await chat.stranger.say(room, OF_A_STRANGER);
      await chat.tandem.hears(room, /not linked/);
      await office(async (corporate) => {
        await visit(corporate, id, "notes");
        const note = corporate.locator("[data-note]").filter({ hasText: IN_CHAT });
        await expect(note).toContainText("it_analyst");
        await part(corporate, "Timeline");
        await expect(corporate.getByText(IN_CHAT).first()).toBeVisible();
        await expect(corporate.getByText(OF_A_STRANGER)).toHaveCount(0);
      });
    });

  await test.step("corporate security asks who it is; an approver of each department says yes", async () => {
    await office(async (corporate) => {
      await visit(corporate, id, "disclosures");
      await corporate.getByRole("button", { name: "Ask who it is…" }).click();
      const dialog = corporate.getByRole("dialog");
      await dialog.getByLabel("name given and family name").check();
      await dialog.getByRole("checkbox", { name: /^accounts/ }).check();
      await dialog.getByLabel("why; name nobody").fill(WHY_A_NAME);
      await dialog.getByRole("button", { name: "Ask both departments" }).click();
      await expect(dialog).toHaveCount(0);
    });
    for (const approver of ["approver_it", "approver_corporate"])
      await alongside(browser, approver, async (phone) => {
        await phone.goto("/approvals");
        await settled(phone);
        const request = phone.locator("[data-request]").filter({ hasText: id });
        await expect(request).toContainText(WHY_A_NAME);
        await request.getByRole("button", { name: /^yes to/ }).click();
        await request.getByRole("textbox").fill("it is needed and fair");
        await request.getByRole("button", { name: "Say yes" }).click();
        await expect(phone.locator("[data-request]").filter({ hasText: id })).toHaveCount(0);
      });
  });

  await test.step("corporate security sees the name", async () => {
    await office(async (corporate) => {
      await visit(corporate, id, "disclosures");
      await corporate.locator("[data-disclosure]").getByRole("button", { name: "Show" }).click();
      const shown = corporate.locator("[data-identity]");
      const of = (what: string) => shown.getByRole("row").filter({ hasText: what }).getByRole("cell").last();
      name = (await of("name").first().textContent()) ?? "";
      account = ((await of("accounts").textContent()) ?? "").split(/[,\s]/)[0] ?? "";
      expect([name, account]).toEqual([expect.stringMatching(/\S+ \S+/), expect.stringMatching(/\S/)]);
    });
  });

  await test.step("the playbook runs: facts from both departments", async () => {
    await visit(page, id, "playbooks");
    const begin = page.getByRole("form", { name: "begin a playbook" });
    await begin.getByLabel("playbook").selectOption("departing-employee-with-data");
    await begin.getByLabel("about").selectOption(subject);
    await begin.getByRole("button", { name: "Begin" }).click();
    await expect(page).toHaveURL(/\/runs\/R-/);
    runs = new URL(page.url()).pathname;
    // The first step is for a connector: it was asked as soon as the run began.
    const frozen = past(page, "freeze_evidence");
    await expect(frozen).toContainText(`It said: ${FROZEN}`);
    await expect(frozen).toHaveAttribute("data-status", "done");
    expect(far.asked).toEqual([
      expect.objectContaining({ phase: "do", action: "freeze_evidence", case: id, subject }),
    ]);
    expect(JSON.stringify(far.asked)).not.toContain(account);
    await does(page, "describe_copying", {
      "Did anything leave": "yes",
      "How many files": "12",
      "Best innocent reading": "A hand-over folder; its name speaks for it.",
    });
    await office(async (corporate) => {
      await corporate.goto(runs);
      await settled(corporate);
      await does(corporate, "employment_facts", {
        "part of an agreed hand-over": "no",
        Confidentiality: "signed",
      });
      await does(corporate, "owner_judges", { "Harm if it stays": "limited", "personal data": "no" });
      await does(corporate, "law_and_people", { "Report to the authority": "not_needed" });
      const talk = step(corporate, "exit_talk");
      await expect(talk).toContainText("This acts on a person");
      await expect(talk.getByRole("button", { name: /^Done/ })).toHaveCount(0);
      await accessible(corporate, "a run");
    });
  });

  await test.step("the talk happens once both departments agreed, by somebody else", async () => {
    for (const approver of ["approver_it", "approver_corporate"])
      await alongside(browser, approver, async (asked) => {
        await asked.goto(runs);
        await settled(asked);
        await agrees(asked, "exit_talk", `a talk is fair, says ${approver}`);
      });
    await office(async (corporate) => {
      await corporate.goto(runs);
      await settled(corporate);
      await expect(step(corporate, "exit_talk")).toContainText("Both departments agreed.");
      await does(corporate, "exit_talk", {
        "own account": "They took samples of their own work and brought them back.",
        "What was agreed": "returned",
      });
    });
    await page.goto(runs);
    await settled(page);
    await does(page, "last_day_check");
    await does(page, "lessons");
    await expect(page.getByText("This run is over.")).toBeVisible();
    await shot(page, "run-over");
  });

  await test.step("IT proposes how it ends and votes; a chat may not vote on what touches a person", async () => {
    await visit(page, id, "decisions");
    await page.getByRole("button", { name: "Propose to close…" }).click();
    await page
      .getByRole("dialog")
      .getByRole("radio", { name: /confirmed/ })
      .check();
    await answer(page, "copies were taken and came back", "Propose");
    if (chat) {
      await chat.tandem.hears(room, /read and voted on in Tandem/);
      const proposal = await page.locator("[data-proposal]").getAttribute("data-proposal");
      await chat.ines.say(room, `!tandem approve ${id}:${proposal}:0123456789abcdef`);
      await chat.tandem.hears(room, /This needs Tandem/);
      await visit(page, id, "decisions");
      await expect(page.locator("[data-proposal]")).not.toContainText("has voted");
    }
    await page.getByRole("button", { name: "Vote…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "For", exact: true }).click();
    await answer(page, "the records say so", "Vote");
    await expect(page.locator("[data-proposal]")).toContainText("it_analyst has voted; sealed");
  });

  await test.step("corporate security agrees", async () => {
    await office(async (corporate) => {
      await visit(corporate, id, "decisions");
      await corporate.getByRole("button", { name: "Vote…" }).click();
      await corporate.getByRole("dialog").getByRole("button", { name: "For", exact: true }).click();
      await answer(corporate, "the person said so, too", "Vote");
      await expect(corporate.locator("[data-proposal]")).toContainText("agreed");
    });
  });

  run("tie-account", "staff", account);
  const staff = await newcomer(browser, "staff");
  let before = 0;
  await test.step("while the case is open, nothing tells the person of it", async () => {
    await staff.page.goto("/mine");
    await settled(staff.page);
    await expect(staff.page.locator("[data-fact=name]")).toContainText(name);
    before = await namesTold(staff.page);
    await expect(staff.page.locator("main")).not.toContainText(id);
    await expect(staff.page.locator("main")).not.toContainText(subject);
  });

  await test.step("IT closes the case", async () => {
    await visit(page, id, "decisions");
    await page.getByRole("button", { name: "Close the case…" }).click();
    await answer(page, "as both decided", "Close the case as decided");
    await expect(page.getByText("closed: confirmed")).toBeVisible();
    if (chat) await chat.tandem.hears(room, /The case is closed: confirmed/);
  });

  await test.step("the case leaves as a sealed file that an outsider can check", async () => {
    await page.getByRole("button", { name: "Export…" }).click();
    await page.getByRole("dialog").getByRole("textbox").fill("for the file of corporate security");
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("dialog").getByRole("button", { name: "Export" }).click(),
    ]);
    expect(file.suggestedFilename()).toBe(`${id}.zip`);
    const { manifest, proofs, files } = checkExport(await readFile(await file.path()));
    expect([manifest.case, manifest.by]).toEqual([id, "it_analyst"]);
    const acts = new Set(proofs.map(({ row }) => row.act));
    const wanted = ["case.open", "disclosure.request", "disclosure.approve", "vault.open", "run.start"];
    expect([...acts]).toEqual(
      expect.arrayContaining([...wanted, "run.approve", "case.decision", "case.life"]),
    );
    for (const { row } of proofs) expect(row.case).toBe(id);
    for (const [entry, bytes] of files) expect(bytes.includes(name), `${name} in ${entry}`).toBe(false);
  });

  await test.step("nothing that was said in the room names anybody", async () => {
    if (!chat) return;
    const said = [...(await chat.tandem.read(room)), ...(await chat.tandem.read(chat.usual))].join("\n");
    for (const word of [name, account, ...name.split(" ")]) expect(said).not.toContain(word);
  });

  await test.step("the auditor finds that the ledger holds, and so does an outsider with its export", async () => {
    await alongside(browser, "auditor", async (auditor) => {
      await auditor.goto(`/ledger?case=${id}&act=vault.open`);
      await settled(auditor);
      await expect(auditor.locator("[data-row]").filter({ hasText: "vault.open" }).first()).toBeVisible();
      await auditor.getByRole("button", { name: "Check the whole ledger" }).click();
      await expect(auditor.locator("[data-holds=true]")).toContainText("The ledger holds");
      const ledger = await (await auditor.request.get("/api/v1/ledger/export")).text();
      const place = test.info().outputPath("ledger.ndjson");
      await writeFile(place, ledger);
      run("ledger", "verify", place);
      await writeFile(place, ledger.replace('"act":"vault.open"', '"act":"subject.look"'));
      expect(() => run("ledger", "verify", place)).toThrow();
    });
  });

  await test.step("whom it was about sees that somebody looked, and that the name was shown", async () => {
    await staff.page.goto("/mine");
    await settled(staff.page);
    expect(await namesTold(staff.page)).toBe(before + 1);
    const looks = staff.page.getByRole("region", { name: "Who looked" });
    await expect(looks).toContainText(`Your name was shown ${before + 1} time`);
    await expect(looks.getByRole("row").filter({ hasText: "investigation" }).first()).toBeVisible();
    await accessible(staff.page, "what Tandem knows about me");
    await shot(staff.page, "mine-after");
    await staff.page.context().close();
    expect(staff.problems).toEqual([]);
  });
  far.close();
});
