// Tells Warmline which pages are looked at and which forms are sent; docs/how-to/follow-your-site.md says how.
// Whoever asks not to be followed (GPC, DNT) is not. Before consent the visitor's id lives in this page alone.
((w,d,n)=>{
// j: our tag; t: where to; no: not to be followed; ok: may keep a cookie; v: the visitor; h: whose; r: came from
let j=d.currentScript,l=w.location,H=w.history,q=w.warmline,s=j.dataset,t=new URL("t?source="+(s.source||""),j.src).href,
no=n.globalPrivacyControl||n.doNotTrack==1||w.doNotTrack==1,
m=/(?:^|; )_wl=(\w+)\.(\w*)/.exec(d.cookie),ok=!no&&(m||s.consent=="given"),r=d.referrer,o,
id=()=>[...crypto.getRandomValues(new Uint8Array(16))].map(b=>(b+256).toString(16).slice(1)).join(""),
v=m?m[1]:id(),h=m?m[2]:"",
keep=s=>d.cookie="_wl="+v+"."+h+";path=/;samesite=lax;max-age="+s+(l.protocol=="https:"?";secure":""),
tell=(type,x)=>{
if(no&&type!="form")return;
x={type,id:id(),url:l.href,title:d.title,referrer:r,...x};
if(!no)x.visitor=v;
if(ok){keep(864e4);x.cookies={};d.cookie.replace(/(_fb[pc]|_ttp|li_fat_id)=([^;]*)/g,(_,a,b)=>x.cookies[a]=b)}
n.sendBeacon(t,JSON.stringify(x))},
page=()=>l.href!=o&&(tell("page"),r=o=l.href),
// What a link of a mail brought along says whose visit this is; it must not be passed on with the address.
u=new URL(l),p=u.searchParams.get("wl"),
hello=()=>ok&&p&&(tell("hello",{pass:p}),p=0),
// Another address in the same browser is another visitor.
who=x=>Object.values(x).flat().map(y=>{if(/^[^@\s]+@\S+$/.test(y)){y=[...y.toLowerCase()].reduce((a,c)=>a*31+c.charCodeAt()|0,7)>>>0;if(h&&h!=y)v=id();h=""+y}}),
form=(name,fields)=>{who(fields);tell("form",{name,fields})},
sent=f=>{
let x={},a=f.dataset.warmline,i;
new FormData(f).forEach((y,k)=>{if(""+y===y&&(f.elements[k]||0).type!="password")(x[k]=x[k]||[]).push(y)});
if(!(""+f.action).startsWith(new URL("webhooks/",t)))return a!=null&&form(a,x);
if(no)return;
who(x);
if(ok)keep(864e4);
i=f.elements._visitor||f.appendChild(d.createElement("input"));
i.type="hidden";i.name="_visitor";i.value=v},
call=(a,b,x)=>{
if(a=="consent"){if(ok=b&&!no){keep(864e4);hello()}else{keep(0);v=id();h=""}}
else if(a=="page")page();
else if(a=="form")form(b,x);
else tell("custom",{name:b,properties:x})};
w.warmline=call;
if(p){u.searchParams.delete("wl");H.replaceState(H.state,"",u)}
d.addEventListener("submit",e=>sent(e.target),true);
m=H.pushState;H.pushState=(...a)=>{m.apply(H,a);page()};
w.addEventListener("popstate",page);
page();hello();
((q||0).q||[]).map(a=>call(...a))
})(window,document,navigator)
